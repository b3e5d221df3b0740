"""A stand-in for both providers: real HTTP on this machine, a real ledger, and faults on demand.

It is written from the providers' documentation alone and shares no line with `pos_app.providers`, which
reads the same documentation: were the two to share code, one misreading would agree with itself.

The words of the fault interface are the table in `faults.py`; what each call answers is in `cardpluspay.py`
and `levelup.py`. Nothing here is worth anything: every code carries the text TEST.
"""
