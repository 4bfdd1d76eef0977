/** What `--help` prints. */
export const HELP = `connected-compute: a control plane for governed jobs on compute that you operate.

  serve      run the control plane with its web console
             --data-dir DIR  --anchor-dir DIR  --port 0  --host 127.0.0.1  --public-url https://…  --lease-ttl-ms N  --tls-cert FILE --tls-key FILE
             --read-only: show what can be read, also of a damaged log, and change nothing
  console    print a fresh sign-in link                       --data-dir DIR
  workspace  list | add URL [--colour C] [--remote-token-file FILE] | test ID | remove ID: remote workspaces of this console
  job        submit FILE [--wait] | list [--state S] [--limit N] | show ID | explain ID | unblock ID [--apply N [--host HOST:PORT]] | cancel ID | retry ID | log ID [--follow] [--stderr]
  source     list | show ID | cordon ID | drain ID [--deadline-ms N] | resume ID | revoke ID | enroll NAME --kind KIND
  pool       list | show POOL | create [NAME] [--class C] [--capacity N] [--side S] | change POOL [--name N] [--class C] [--capacity N]
             token POOL [--class C] | revoke-token POOL TOKEN_ID [--end-sessions] | local [--runners N]
  approval   list [--status S] [--kind K] | show ID | approve ID | reject ID  [--reason TEXT] [--digest sha256:…]
  admission  list | show ID | request --network private:NAME --source ID --host HOST:PORT | grant ID [--host HOST:PORT] | reject ID | revoke ID
             [--expires-ms N] [--reason TEXT]
  policy     show [VERSION] | versions | diff FILE | diff VERSION VERSION | publish FILE [--reason TEXT] | rollback VERSION
             simulate FILE [--last N | --from INSTANT --to INSTANT]
  evidence   list [--from N] [--job ID] [--limit N] | show SEQ | proof SEQ | checkpoint
             export --out FILE (--job ID | --wu ID | --from N --to N | --all) [--read-only --data-dir DIR: without a plane, also
             of a damaged log] | verify FILE --key SHA256:…
  replay     --at SEQ: the workspace as it was right after that entry, read-only
             decision ID: a decision, made again from what was known then
  budget     show | set --limit SCOPE[/WINDOW]=MILLI-CU … | refusals | holds
  usage      list: managed use, a metering preview
  wallet     show | top-up MILLI-CU [--reason TEXT]
  doctor     check a data directory                            --data-dir DIR [--deep]  --anchor-dir DIR
  recover    go on from an older copy of a data directory        --data-dir DIR --accept-rollback --reason TEXT
  key        show | rotate: the key of the control plane, the old one signs for the new   --data-dir DIR (stopped)
  demo       play a scenario on a virtual clock                --list | --scenario NAME [--speed N]

They find the plane by --data-dir DIR (its console.json) or by --url URL --token-file FILE. All take --json.
Exit codes: 0 ok, 1 a check failed, 2 unusable input, 64 usage, 65 data damaged or newer, 69 unavailable,
75 already running, 76 control plane not trusted, 77 not permitted.
evidence verify: 0 intact, 1 changed, 2 not in the form of a bundle, 3 another key, 4 a file is missing or extra.`;
