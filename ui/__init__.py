"""The window of the till: Qt widgets over `pos_app`. No SQL, no HTTP, no arithmetic on money."""
