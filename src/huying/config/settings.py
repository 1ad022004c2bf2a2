"""One settings file. Everything a site may set comes through the environment (see docs/architecture.md)."""

from huying.config import database, environment, hearing, logs, telephony

DATA = environment.data_folder()
DEBUG = environment.yes("HUYING_DEBUG")
DEMO = environment.yes("HUYING_DEMO")
PORT = environment.pages_port()
LIVE_PORT = environment.whole("HUYING_LIVE_PORT", PORT + 1, low=1, high=65535)
LIVE_URL = environment.text("HUYING_LIVE_URL")  # empty: the page's own host on LIVE_PORT
HTTPS = environment.yes("HUYING_HTTPS")
PHONE_PORT = telephony.ports(PORT).phone  # where browser phones reach the switch
PHONE_URL = environment.text("HUYING_PHONE_URL")  # wss://… behind a proxy; empty: the page's own host on PHONE_PORT
PHONE_REALM = environment.text("HUYING_PHONE_REALM", "huying")

SECRET_KEY = environment.secret("django").hex()
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *environment.listed("HUYING_HOSTS")]  # this machine's probes too
CSRF_TRUSTED_ORIGINS = environment.listed("HUYING_ORIGINS")

ROOMS = ["ui", "audit", "org", "citizens", "messaging", "calls", "workorders", "followup", "desk", "portal", "config"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "django_otp",
    "axes",
    "procrastinate.contrib.django",
    *(f"huying.{room}" for room in ROOMS),
]

MIDDLEWARE = [
    "huying.ui.middleware.RequestId",
    "huying.config.measures.Measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huying.ui.middleware.SecurityHeaders",
    "huying.config.api.gate.Gate",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "huying.org.middleware.SignedIn",
    "huying.org.middleware.TenantScope",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "huying.config.urls"
WSGI_APPLICATION = "huying.config.wsgi.application"
DATABASES = database.databases(DATA)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "huying.org.queries.page_context",
            ],
            "builtins": ["huying.ui.templatetags.ui"],
        },
    }
]

FORM_RENDERER = "huying.ui.templatetags.renderer.Renderer"

AUTH_USER_MODEL = "org.Staff"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "number")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "huying.org.policies.passwords.Mixed"},
]
LOGIN_URL = "org:sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "org:sign-in"
AXES_FAILURE_LIMIT = environment.whole("HUYING_SIGN_IN_FAILURES", 5, low=1)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "huying.org.views.locked_out_by_axes"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else a stranger could keep an account locked for ever
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True  # org.SignIn keeps who signed in
OTP_TOTP_ISSUER = "呼应"

SESSION_COOKIE_AGE = environment.whole("HUYING_IDLE_MINUTES", 60, low=1) * 60
SESSION_COOKIE_NAME = f"huying_{PORT}"  # cookies know no ports; two installations on one host must not share them
CSRF_COOKIE_NAME = f"huying_csrf_{PORT}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CSRF_FAILURE_VIEW = "huying.ui.views.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [folder] if (folder := environment.ROOT / "build" / "static").is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "huying.config.static.Named"},
}
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "staticfiles.json").exists()
MEDIA_ROOT = DATA / "files"
ATTACHMENT_MB = {
    "image": environment.whole("HUYING_IMAGE_MB", 20, low=1, high=200),
    "audio": environment.whole("HUYING_AUDIO_MB", 50, low=1, high=500),
    "video": environment.whole("HUYING_VIDEO_MB", 100, low=1, high=1000),
    "document": environment.whole("HUYING_DOCUMENT_MB", 20, low=1, high=200),
}
ATTACHMENT_MEGAPIXELS = environment.whole("HUYING_IMAGE_MEGAPIXELS", 64, low=1, high=400)
ATTACHMENT_COUNT = environment.whole("HUYING_ATTACHMENT_COUNT", 20, low=1, high=200)
PUBLIC_URL = environment.text("HUYING_PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")  # stands in messages to citizens
MESSAGE_CHANNEL = environment.text("HUYING_MESSAGES", "file")  # "file": HUYING_DATA/messages.log; "http": the gateways
MESSAGE_GATEWAYS = environment.text("HUYING_MESSAGE_GATEWAYS")  # "main=https://… spare=https://…", first choice first
MESSAGE_RATE = environment.whole("HUYING_MESSAGE_RATE", 50, low=1, high=1000)  # a second, through one gateway
API_READS_PER_MINUTE = environment.whole("HUYING_API_READS", 6000, low=1)  # of one token, in each web process
API_WRITES_PER_MINUTE = environment.whole("HUYING_API_WRITES", 30_000, low=1)
API_LARGEST_BODY = environment.whole("HUYING_API_BODY_KB", 512, low=16, high=5120) * 1024  # JSON; files have their own
DATABASE_PREPARES = environment.yes("HUYING_PREPARE", True)  # no: behind a pooler that cannot keep prepared statements
WEBHOOK_PRIVATE = environment.yes("HUYING_WEBHOOK_PRIVATE")  # subscriptions may point into private networks
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # an account is locked, not an address: a whole office shares one

WEB_THREADS = environment.whole("HUYING_WEB_THREADS", 8, low=1, high=64)  # of each web process
HEARING = hearing.hearing(DATA)  # by which services callers are heard and understood (calls.rules.hearing)
SWITCH = telephony.basis(DATA, PORT, HEARING.seconds)  # what the switch's plan says of this installation (switch.plan.Plan)
SWITCH_HOST: str = SWITCH["host"]  # where carriers and telephones reach it
SWITCH_SIP_PORT: int = SWITCH["sip_port"]
SWITCH_HTTP_PORT: int = SWITCH["http_port"]  # WebSocket of browser phones
SWITCH_AMI_PORT: int = SWITCH["ami_port"]  # loopback only
SWITCH_AMI_SECRET: str = SWITCH["ami_secret"]
SWITCH_WEB_KEY: str = SWITCH["web_key"]  # by which the switch is known to our own web process
SWITCH_VOICE = environment.text("HUYING_TTS")  # a command that reads a text and writes a wav; empty: the embedded voice
SWITCH_STATE = telephony.state_file(DATA)  # read by huying.switch.state

FIELD_CIPHER = environment.text("HUYING_CIPHER", "SM4-GCM")
KEY_FOLDER = DATA / "secrets" / "keys"
ANCHOR_FILE = DATA / "anchors.log"

LOGGING = logs.configuration(environment.text("HUYING_LOG_LEVEL", "INFO").upper())
METRICS_TOKEN = environment.text("HUYING_METRICS_TOKEN")  # empty: /metrics answers this machine only
