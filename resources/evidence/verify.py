#!/usr/bin/env python3
"""Verifies a Connected Compute evidence bundle with the standard library and openssl, and none of the program's code.

    python3 verify.py BUNDLE.tar --key SHA256:...

The fingerprint must come from somewhere else than the bundle. Exit code: 0 intact, 1 something was changed,
2 not in the exact form of a bundle, 3 another key, 4 a file is missing or extra, 64 wrong usage.
"""
import base64, hashlib, json, mmap, re, subprocess, sys, tempfile
FIXED = set("README.txt checkpoint checkpoint.sshsig log-key.pem manifest.sha256 manifest.sig trust.json verify.py".split())
VARIABLE = re.compile(r"(entries/\d{12}\.json|proofs/\d{12}\.tlog-proof|artifacts/[0-9a-f]{64}" r"|receipts/lse_[0-9A-Z]{26}\.(run|settlement|provenance|late)\.dsse\.json)")
RUN = "urn:connected-compute:run-receipt:v1"; TYPES = {"run": RUN, "late": RUN, "settlement": "urn:connected-compute:settlement-receipt:v1", "provenance": "https://slsa.dev/provenance/v1"}; ENDS = {"lease.released", "lease.expired", "lease.revoked"}
sha = lambda *parts: hashlib.sha256(b"".join(parts)).digest()
b64, unb64 = lambda data: base64.b64encode(data).decode(), lambda text: base64.b64decode(text, validate=True)
print_of = lambda raw: "SHA256:" + b64(sha(raw)).rstrip("=")
class Fault(Exception): pass
def need(holds, what):
    if not holds: raise Fault(what)
def pem(raw): return "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n" % b64(bytes.fromhex("302a300506032b6570032100") + raw)
def signed(raw, message, signature):
    if len(raw) != 32 or len(signature) != 64: return False
    with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as data, tempfile.NamedTemporaryFile() as sig:
        for file, content in ((key, pem(raw).encode()), (data, message), (sig, signature)): file.write(content); file.flush()
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key.name, "-rawin", "-in", data.name, "-sigfile", sig.name], capture_output=True).returncode == 0
def header(name, size):
    block = bytearray(512)
    for at, text in ((0, name), (100, "0000644"), (108, "0000000"), (116, "0000000"), (124, "%011o" % size), (136, "0" * 11), (148, " " * 8), (156, "0"), (257, "ustar\x0000")): block[at:at + len(text)] = text.encode()
    block[148:156] = b"%06o\0 " % sum(block); return bytes(block)
def read_tar(data):
    files, at, last = {}, 0, ""
    while True:
        block = data[at:at + 512]; need(len(block) == 512, "it ends at byte %d, in the middle of a header" % len(data))
        if not any(block):
            need(data[at:] == bytes(1024), "two blocks of zeros must end it at byte %d, and nothing may follow" % at); return files
        name = block[:100].split(b"\0")[0].decode("latin1")
        need(re.fullmatch("[A-Za-z0-9][A-Za-z0-9._/-]*", name) and not {"", ".", ".."} & set(name.split("/")), "the name at byte %d is not a plain relative one" % at)
        octal = block[124:135].decode("latin1"); need(re.fullmatch("[0-7]{11}", octal) and header(name, int(octal, 8)) == block, "the header of %s is not the one that an export writes" % name)
        need(name > last, "%s stands after %s; names are sorted and stand once" % (name, last))
        start, size = at + 512, int(octal, 8); end = start + size; at = end + -size % 512
        need(at <= len(data), "it ends inside " + name); need(not any(data[end:at]), "there are bytes behind the end of " + name)
        files[name] = memoryview(data)[start:end]; last = name
def manifest_of(files, raw):
    text = bytes(files.get("manifest.sig", b"")).decode("latin1"); body = bytes(files.get("manifest.sha256", b""))
    need(re.fullmatch("[A-Za-z0-9+/]{86}==\n", text) and b64(unb64(text[:-1])) + "\n" == text and signed(raw, body, unb64(text[:-1])), "manifest.sig is not the signature of the log's key over manifest.sha256")
    listed = dict(reversed(line.split("  ", 1)) for line in body.decode().split("\n")[:-1])
    for name, digest in listed.items():
        need(name not in files or hashlib.sha256(files[name]).hexdigest() == digest, "%s was changed: its SHA-256 is not the one in the manifest" % name)
    return listed
def check_names(files, listed):
    for name in [*sorted(FIXED), *listed]: need(name in files, name + " is missing")
    for name in files: need((name in FIXED or VARIABLE.fullmatch(name)) and (name in listed or name[:9] == "manifest."), name + " is not a file of this bundle")
    numbers = lambda folder: {name.split("/")[1][:12] for name in files if name.startswith(folder)}
    for seq in numbers("entries/") ^ numbers("proofs/"): raise Fault("entry %s has no proof, or its proof no entry" % seq)
    need(numbers("entries/"), "there is no entry")
def included(leaf, at, size, path, root):
    last, node = size - 1, leaf
    for sibling in path:
        if last == 0: return False
        if at & 1 or at == last:
            node = sha(b"\1", sibling, node)
            while not at & 1 and at: at, last = at >> 1, last >> 1
        else: node = sha(b"\1", node, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root
def check_rest(files, raw):
    text, field = lambda name: bytes(files[name]).decode(), lambda data: len(data).to_bytes(4, "big") + data
    entries = {int(name[8:20]): json.loads(text(name)) for name in files if name.startswith("entries/")}
    trust = json.loads(text("trust.json")); origin = trust["origin"]; ws = origin.split("/")[1]; left_out = {mark["sha256"] for mark in trust["left_out"]}
    need(re.fullmatch("connected-compute/ws_[0-9A-HJKMNP-TV-Z]{26}", origin) and trust["log_key"] == b64(raw), "trust.json names another log or key")
    keys, due, named, digests, ran, calls, acted, odd = {}, {}, set(), {}, {}, {}, {}, []
    for id, key, item in ((item["session_id"], item["public_key"], item) for item in trust["runner_keys"]):
        registered = [e["body"] for e in entries[item["entry_seq"]]["events"] if e["type"] == "session.registered"]
        need((id, key) in [(r["session_id"], r["public_key"]) for r in registered], "no entry of the bundle registers the key of " + id)
        keys[id] = unb64(key)
    note = text("checkpoint"); body, _, lines = note.partition("\n\n"); body += "\n"
    name, size, root = body.split("\n")[:-1]; size, root = int(size), unb64(root); need(name == origin, "checkpoint is of the log %s, the bundle is of %s" % (name, origin))
    for number, line in enumerate(lines.split("\n")[:-1] or [""]):
        _, signer, signature = line.split(" "); signature = unb64(signature); key = raw if number == 0 else keys.get(signer[len(origin) + 1:], b"")
        kind, message, at = (b"\1", body, 4) if number == 0 else (b"\4", "cosignature/v1\ntime %d\n%s" % (int.from_bytes(signature[4:12], "big"), body), 12)
        need(signer.startswith(origin if number == 0 else origin + "/") and (number or signer == origin) and signature[:4] == sha(signer.encode(), b"\n", kind, key)[:4] and signed(key, message.encode(), signature[at:]), "checkpoint: the signature of %s does not hold" % signer)
    ssh = unb64("".join(text("checkpoint.sshsig").split("\n")[1:-2])); ns = field(b"connected-compute") + field(b"") + field(b"sha512")
    need(ssh[:-64] == b"SSHSIG\0\0\0\1" + field(field(b"ssh-ed25519") + field(raw)) + ns + (83).to_bytes(4, "big") + field(b"ssh-ed25519") + (64).to_bytes(4, "big") and signed(raw, b"SSHSIG" + ns + field(hashlib.sha512(body.encode()).digest()), ssh[-64:]), "checkpoint.sshsig is not the SSH signature of the log's key")
    for seq, entry in sorted(entries.items()):
        where = "entries/%012d.json" % seq; line = bytes(files[where]); proof = text("proofs/%012d.tlog-proof" % seq)
        head, _, against = proof.partition("\n\n"); magic, index, *path = head.split("\n")
        need(entry["seq"] == seq and entry["ws"] == ws and seq < size, "%s is of another log or number, or not covered by the checkpoint" % where)
        need(magic == "c2sp.org/tlog-proof@v1" and index == "index %d" % seq and against == note, "the proof of %s is of another entry or checkpoint" % where)
        need(included(sha(b"\0", line), seq, size, [unb64(h) for h in path], root), where + " is not in the tree of the checkpoint")
        need(seq - 1 not in entries or entry["prev"] == hashlib.sha256(files["entries/%012d.json" % (seq - 1)]).hexdigest(), where + " does not name the entry before it")
        for kind, event in ((event["type"], event["body"]) for event in entry["events"]):
            if kind == "attempt.late_receipt": due["receipts/%s.late.dsse.json" % event["lease_id"]] = event["run_receipt_sha256"]
            if kind in ("job.submitted", "job.edited"): digests[event["job_id"]] = event["digest"]
            if kind == "lease.granted": ran[event["lease_id"]] = digests.get(event["job_id"])
            id = event.get("lease_id"); had = calls.get(id); acted["receipts/%s.%s.dsse.json" % (id, "late" if kind == "attempt.late_receipt" else "run" if kind in ENDS else kind)] = (had, "run_receipt_problem" in event); calls[id] = (0, 0, "") if kind == "lease.granted" else (event["n"], had[1] + event["cost_mcu"], event["chain"]) if had and kind == "attempt.action" else had
            if kind not in ENDS: continue
            due["receipts/%s.settlement.dsse.json" % event["lease_id"]] = None
            if event["run_receipt_sha256"]: due["receipts/%s.run.dsse.json" % event["lease_id"]] = event["run_receipt_sha256"]
            named |= {a["sha256"] for a in event["artifacts"]} | {s["sha256"] for s in (event["output"] or {}).values() if s["sha256"]}
            if event.get("artifact_list_sha256"):
                named.add(event["artifact_list_sha256"]); listed = "artifacts/" + event["artifact_list_sha256"]
                if listed in files: named |= {a["sha256"] for a in json.loads(text(listed))}
    for name in (name for name in files if name.startswith("receipts/")):
        lease, kind = name[9:].split(".")[:2]; envelope = json.loads(text(name)); payload = unb64(envelope["payload"]); statement = json.loads(payload); said = statement["predicate"]; type = envelope["payloadType"].encode()
        key = keys.get(said.get("session_id"), b"") if kind in ("run", "late") else raw; message = b"DSSEv1 %d %s %d %s" % (len(type), type, len(payload), payload)
        need(type == b"application/vnd.in-toto+json" and any(signed(key, message, unb64(s["sig"])) for s in envelope["signatures"]), name + " is not signed by who has to sign it")
        about = said["runDetails"]["metadata"]["invocationId"].split(".")[0] if kind == "provenance" else said["lease_id"]
        need(statement["predicateType"] == TYPES[kind] and about == lease and (kind == "provenance" or name in due), name + " belongs to no entry of the bundle")
        job, told = ran.get(lease), (said["buildDefinition"]["externalParameters"] if kind == "provenance" else said)["job_digest"]; need(job in (None, told), "%s is about the job %s, but its entries say %s" % (name, told, job))
        (was, flagged), of = acted.get(name, (None, False)), said.get("actions", {}); odd += [name] * (was not in (None, (of.get("count", 0), of.get("cost_mcu", 0), of.get("chain", "")))); need(not odd or odd[-1] != name or flagged, "%s does not match the recorded calls: it tells of %d, its entries of %d, and none says that they differ" % (name, of.get("count", 0), (was or (0,))[0]))
        if kind == "settlement":
            end = next(e["body"] for e in entries[said["log_index"]]["events"] if e["type"] in ENDS and e["body"]["lease_id"] == lease)
            need(said["entry_sha256"] == hashlib.sha256(files["entries/%012d.json" % said["log_index"]]).hexdigest() and (said["run_receipt_sha256"], said["outcome"]) == (end["run_receipt_sha256"], end["outcome"]), name + " and its entry tell two stories")
    for name, digest in due.items():
        need(hashlib.sha256(files[name]).hexdigest() == (digest or hashlib.sha256(files[name]).hexdigest()) if name in files else digest in left_out, name + " is missing, or not the one that its entry names")
    held = {name[10:] for name in files if name.startswith("artifacts/")}
    for digest in held: need(hashlib.sha256(files["artifacts/" + digest]).hexdigest() == digest and digest in named, "artifacts/%s has other bytes, or is named by no entry" % digest)
    for digest in named - held: need(digest in left_out, "artifacts/%s is missing, and not marked as left out" % digest)
    return "%d entries in the tree of %d, receipts and %d artifacts fit" % (len(entries), size, len(held)) + ("; as entries say, %s not match the recorded calls" % (" and ".join(odd) + (" does" if len(odd) == 1 else " do")) if odd else "")
def followed_words(files, known, found):
    key, steps = found, []
    try:
        origin = json.loads(bytes(files["trust.json"]))["origin"]; names = [name for name in files if name.startswith("entries/")]
        for name, told in ((name, event["body"]) for name in reversed(names) for event in json.loads(bytes(files[name]))["events"] if event["type"] == "key.rotated"):
            message = ("connected-compute/key/v1\n%s\n%s" % (origin, told["public_key"])).encode(); before = unb64(told["before"])
            if key != known and print_of(unb64(told["public_key"])) == key and signed(before, message, unb64(told["signature"])): key = print_of(before); steps.insert(0, name)
    except (LookupError, ValueError, TypeError, AttributeError): steps = []
    if key != known or not steps: return "No entry here says that it followed that one: ask the owner of the workspace for the fingerprint, and trust neither until you know."
    return "It followed that one: %s %s so, signed by the key before. Verify again with --key %s if you trust that key." % (" and ".join(steps), "says" if len(steps) == 1 else "say", found)
def key_of(files, fingerprint):
    raw = base64.b64decode(bytes(files["log-key.pem"]).decode("latin1").split("\n")[1])[12:]; found = print_of(raw)
    need(len(raw) == 32 and pem(raw).encode() == files["log-key.pem"], "log-key.pem is not a key in the form of an export")
    need(found == fingerprint, "log-key.pem is %s, not %s. %s" % (found, fingerprint, followed_words(files, fingerprint, found))); return raw
def verify(data, fingerprint, tell=print):
    seen = {}
    def tar(): seen["files"] = read_tar(data); return "%d files in the exact form of an export" % len(seen["files"])
    def key(): seen["raw"] = key_of(seen["files"], fingerprint); return "the log's key is " + fingerprint
    def manifest(): seen["listed"] = manifest_of(seen["files"], seen["raw"]); return "signed by the log's key, and %d digests fit" % len(seen["listed"])
    def names(): check_names(seen["files"], seen["listed"]); return "none missing, none extra"
    for code, what, check in ((2, "tar", tar), (3, "key", key), (1, "manifest", manifest), (4, "files", names), (1, "evidence", lambda: check_rest(seen["files"], seen["raw"]))):
        try: tell("ok    %-9s %s" % (what, check()))
        except Fault as fault: tell("FAIL  %-9s %s" % (what, fault)); return code
        except (LookupError, ValueError, TypeError, AttributeError, StopIteration) as error: tell("FAIL  %-9s something cannot be read (%r)" % (what, error)); return code
    return 0
if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[2] != "--key": print(__doc__); sys.exit(64)
    try:
        with open(sys.argv[1], "rb") as bundle: code = verify(mmap.mmap(bundle.fileno(), 0, access=mmap.ACCESS_READ), sys.argv[3])
    except (OSError, ValueError) as error: print("FAIL  tar       %s" % error); code = 2
    print("Verified: nothing was changed." if code == 0 else "NOT verified (exit %d)." % code); sys.exit(code)
