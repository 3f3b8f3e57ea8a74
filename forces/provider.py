"""The kinds of provider that allauth's registry finds here: a force's own, by either protocol.

allauth looks for a module of this name in each installed app.
"""

from forces.single_sign_on.provider import ForceProvider
from forces.single_sign_on.saml_provider import ForceSamlProvider

provider_classes = [ForceProvider, ForceSamlProvider]
