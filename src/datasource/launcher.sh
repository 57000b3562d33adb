#!/bin/sh
# What Grafana starts as the backend of the data source: it tells Grafana where the running Pyrolens server is, which answers
# for it, and stays for as long as Grafana does. So the backend needs no program of its own: only sh, which every image has.
#
# GF_PLUGIN_BACKEND_ADDR is the server's HOST:PORT without TLS; in grafana.ini:
#   [plugin.pyrolens-profiles-datasource]
#   backend_addr = pyrolens:4040
#
# Protocol: hashicorp/go-plugin 1.8. One line on standard output and nothing else, log lines as JSON on standard error.
address=${GF_PLUGIN_BACKEND_ADDR:-127.0.0.1:4040}

say() {
  printf '{"@level":"%s","@message":"%s","@timestamp":"%s"}\n' \
    "$1" "$2" "$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)" >&2
}
refuse() {
  say error "$1"
  exit 1
}

if [ "$grafana_plugin_type" != datasource ]; then
  echo 'This is the backend of a Grafana data source: Grafana starts it, nobody else.' >&2
  exit 1
fi
case ",$PLUGIN_PROTOCOL_VERSIONS," in
  ,, | *,2,*) ;;
  *) refuse "Grafana speaks other versions of the plugin protocol than 2" ;;
esac
# The server's certificate would have to be the host's own: go-plugin's AutoMTLS, which Grafana does not use.
[ -z "$PLUGIN_CLIENT_CERT" ] || refuse 'the server cannot take part in AutoMTLS'
host=${address%:*}
port=${address##*:}
case $host in '' | "$address" | *[!]A-Za-z0-9._:[-]*) refuse 'backend_addr is not HOST:PORT' ;; esac
case $port in '' | *[!0-9]*) refuse 'backend_addr is not HOST:PORT' ;; esac

name=
case $host in
  '['*) ;;
  *[!0-9.]*) ! command -v getent >/dev/null 2>&1 || name=$host ;;
esac
lookup() {
  getent hosts "$name" 2>/dev/null | while read -r ip _; do echo "$ip"; done
}
# The sleeper must not hold Grafana's pipes open.
pause() {
  sleep "$1" </dev/null >/dev/null 2>&1
}

# Grafana gives a plugin up for good whose first start fails, as it does on a name that does not resolve; it waits 60 s.
addresses=
tries=0
while [ -n "$name" ] && [ "$tries" -lt 45 ]; do
  addresses=$(lookup)
  [ -z "$addresses" ] || break
  [ "$tries" -gt 0 ] || say warn "there is no host $name yet"
  tries=$((tries + 1))
  pause 1
done

# Whether the name stands for other addresses than at the start, all of them: Grafana looked it up once.
has_moved() {
  now=$(lookup)
  [ -n "$now" ] && [ -n "$addresses" ] || return 1
  for one in $now; do
    for old in $addresses; do [ "$one" != "$old" ] || return 1; done
  done
}

# Grafana ends its plugins itself; an interrupt of the whole group is not meant for us.
trap '' INT
say info "Grafana asks the Pyrolens server at $address"
echo "1|2|tcp|$address|grpc"
# Should Grafana die without a word, so do we. Who ends while Grafana lives is started again.
rounds=0
while kill -0 "$PPID" 2>/dev/null; do
  pause 2
  rounds=$((rounds + 1))
  [ -n "$name" ] && [ $((rounds % 7)) -eq 0 ] || continue
  if has_moved; then
    say info "$name has another address now"
    exit 0
  fi
done
