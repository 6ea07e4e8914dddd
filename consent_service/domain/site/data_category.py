"""The closed list of data categories a purpose may name, with their names in the standard receipts."""

from dataclasses import dataclass

BIOGRAPHICAL = "1 - Biographical"
CONTACT = "2 - Contact"
BIOMETRIC = "3 - Biometric"
COMMUNICATIONS = "4 - Communications/Social"
NETWORK = "5 - Network/Service"
HEALTH = "6 - Health"
FINANCIAL = "7 - Financial"
OFFICIAL = "8 - Official/Government Identifiers"
ATTITUDINAL = "13 - Psychological/Attitudinal"
BEHAVIOURAL = "15 - Behavioural"
PROFILE = "16 - Profile"


@dataclass(frozen=True, slots=True)
class DataCategory:
    """One kind of personal data.

    ``vocabulary`` is its name in the personal data extension of the W3C Data Privacy Vocabulary, ``receipt``
    its category in a Kantara consent receipt 1.1. Sensitive ones need a prompt of their own (GDPR article 9).
    """

    key: str
    vocabulary: str
    receipt: str
    sensitive: bool = False


_LISTED = (
    DataCategory("pages_viewed", "BrowsingBehavior", BEHAVIOURAL),
    DataCategory("searches", "BrowserHistory", BEHAVIOURAL),
    DataCategory("links_clicked", "LinkClicked", BEHAVIOURAL),
    DataCategory("time_on_page", "ServiceConsumptionBehavior", BEHAVIOURAL),
    DataCategory("messages_opened", "Interaction", BEHAVIOURAL),
    DataCategory("ad_interactions", "Interaction", BEHAVIOURAL),
    DataCategory("referrer", "BrowsingReferral", BEHAVIOURAL),
    DataCategory("device", "DeviceBased", NETWORK),
    DataCategory("browser", "UserAgent", NETWORK),
    DataCategory("ip_address", "IPAddress", NETWORK),
    DataCategory("visitor_id", "UID", NETWORK),
    DataCategory("security_log", "AuthenticationHistory", NETWORK),
    DataCategory("account", "Username", NETWORK),
    DataCategory("consent_choice", "PrivacyPreference", BEHAVIOURAL),
    DataCategory("language_setting", "Language", BIOGRAPHICAL),
    DataCategory("display_setting", "Preference", BEHAVIOURAL),
    DataCategory("basket", "Intention", BEHAVIOURAL),
    DataCategory("wish_list", "Favorite", BEHAVIOURAL),
    DataCategory("interests", "Interest", PROFILE),
    DataCategory("size", "PhysicalCharacteristic", BIOMETRIC),
    DataCategory("location_coarse", "Region", BEHAVIOURAL),
    DataCategory("location_precise", "GPSCoordinate", BEHAVIOURAL, sensitive=True),
    DataCategory("name", "Name", BIOGRAPHICAL),
    DataCategory("age", "Age", BIOGRAPHICAL),
    DataCategory("birthday", "BirthDate", BIOGRAPHICAL),
    DataCategory("email_address", "EmailAddress", CONTACT),
    DataCategory("phone_number", "TelephoneNumber", CONTACT),
    DataCategory("postal_address", "PhysicalAddress", CONTACT),
    DataCategory("order_history", "Purchase", FINANCIAL),
    DataCategory("payment", "PaymentCard", FINANCIAL),
    DataCategory("membership", "GroupMembership", PROFILE),
    DataCategory("messages_content", "Communication", COMMUNICATIONS),
    DataCategory("opinions", "Opinion", ATTITUDINAL),
    DataCategory("photos", "Picture", BIOMETRIC),
    DataCategory("official_id", "OfficialID", OFFICIAL, sensitive=True),
    DataCategory("face_shape", "FacialPrint", BIOMETRIC, sensitive=True),
    DataCategory("health", "Health", HEALTH, sensitive=True),
    DataCategory("religion", "Religion", ATTITUDINAL, sensitive=True),
    DataCategory("ethnic_origin", "EthnicOrigin", BIOMETRIC, sensitive=True),
)

DATA_CATEGORIES = {category.key: category for category in _LISTED}
"""Every data category under its key."""
