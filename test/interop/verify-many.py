"""Holds many variants of one bundle against verify.py in one process: `flip OFFSET MASK KEY` or `file PATH KEY` a line,
the exit code and the last words of verify.py as JSON a line. Signatures that openssl has judged once are remembered."""
import functools, importlib.util, json, sys

spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)
verify.signed = functools.lru_cache(maxsize=None)(verify.signed)
base = open(sys.argv[2], "rb").read()
for line in sys.stdin:
    what, *rest, key = line.split()
    if what == "flip":
        data = bytearray(base)
        data[int(rest[0])] ^= int(rest[1])
    else:
        data = open(rest[0], "rb").read()
    said = []
    code = verify.verify(bytes(data), key, said.append)
    print(json.dumps([code, said[-1]]))
