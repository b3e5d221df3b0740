"""The parts screens are made of. They know no service: facts come in, signals go out."""
