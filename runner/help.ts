/** What `--help` prints. */
export const HELP = `Connected Compute runner: runs approved jobs of one control plane on this machine. It dials out only.

connect --url URL --enrollment ID --plane-key SHA256:…   register this machine with a one-time credential
doctor                                                   check this source, one check per line
run                                                      claim and run jobs until stopped
run --once                                               claim one job, run it, then stop
secret set NAME                                          keep a secret for jobs that name it (hidden prompt or standard input)
secret list | secret remove NAME                         show the names, forget one
service print                                            print a unit that starts this runner with this machine
upgrade                                                  fetch the runner that the pinned plane key signed

connect --url URL --pool ID --plane-key SHA256:…         join a pool with its registration token

All: --enrollment ID or --pool ID, --plane-key SHA256:…, --state-dir DIR (one per enrollment by default).
connect:   --credential-file FILE (mode 0600); else a hidden prompt, or standard input.
doctor:    --json
run:       --capacity N, --work-dir DIR, --keep (leave work directories), --confined-only, --drain-ms N,
           --secret-env NAME (the value of a secret from this process's environment; may be repeated)
           --pause-file FILE (no new job is claimed while it is there), --kinds command,container,kubernetes,mcp
           --url URL (where the plane is now, if it moved; its pinned key is asked for all the same)
           --image-registry HOST (containers may fetch images from it, docker.io for Docker Hub; may be repeated)
           --checkout-host HOST (jobs may check out commits of its repositories by https; may be repeated)
doctor, run, for jobs in a cluster:
           --kube-helper IMAGE@sha256:… (an image with a static /bin/busybox; turns Kubernetes jobs on)
           --kubeconfig FILE (in JSON form; without it the cluster whose pod this runner is in), --kube-namespace NAME
service:   --format systemd|launchd|windows, and the options of run that it is to start with (all but --once, --secret-env)

Exit codes: 0 done, 1 failed check or job, 64 usage, 65 data, 69 plane unavailable, 75 already running,
76 plane not trusted, 77 not permitted.`;
