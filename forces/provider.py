"""The kind of provider that allauth's registry finds here: a force's own, by OpenID Connect.

allauth looks for a module of this name in each installed app.
"""

from forces.single_sign_on.provider import ForceProvider

provider_classes = [ForceProvider]
