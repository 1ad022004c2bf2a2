from huying.portal.views.codes import ask_code, regions
from huying.portal.views.done import done
from huying.portal.views.home import front, home
from huying.portal.views.material import supplement
from huying.portal.views.own import file, order, rate_own, urge, withdraw
from huying.portal.views.rate import rate, rate_home
from huying.portal.views.reward import reward
from huying.portal.views.send import Send
from huying.portal.views.track import leave, track

__all__ = [
    "Send", "ask_code", "done", "file", "front", "home", "leave", "order", "rate", "rate_home", "rate_own", "regions",
    "reward", "supplement", "track", "urge", "withdraw",
]
