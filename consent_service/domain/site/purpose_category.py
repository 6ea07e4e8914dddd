"""The closed list of purpose categories: names of the W3C Data Privacy Vocabulary that a shop may need."""

ADVERTISING = frozenset({"Advertising", "PersonalisedAdvertising", "TargetedAdvertising", "SellDataToThirdParties"})
"""Categories in which data is used for advertising, or sold."""

MARKETING = ADVERTISING | {"DirectMarketing", "Marketing", "SocialMediaMarketing"}
"""Categories in which a shop promotes itself to people."""

PURPOSE_CATEGORIES = MARKETING | {
    "AccountManagement",
    "AgeVerification",
    "CommunicationForCustomerCare",
    "CommunicationManagement",
    "CustomerCare",
    "CustomerClaimsManagement",
    "CustomerOrderManagement",
    "CustomerRelationshipManagement",
    "DeliveryOfGoods",
    "EnforceSecurity",
    "FraudPreventionAndDetection",
    "FulfilmentOfContractualObligation",
    "IdentityVerification",
    "ImproveExistingProductsAndServices",
    "LegalCompliance",
    "OptimiseUserInterface",
    "PaymentManagement",
    "Personalisation",
    "PersonalisedBenefits",
    "ProvideEventRecommendations",
    "ProvidePersonalisedRecommendations",
    "ProvideProductRecommendations",
    "PublicRelations",
    "RecordManagement",
    "RequestedServiceProvision",
    "ResearchAndDevelopment",
    "RightsFulfillment",
    "SearchFunctionalities",
    "SellProductsToDataSubject",
    "ServiceOptimisation",
    "ServicePersonalisation",
    "ServiceProvision",
    "ServiceRegistration",
    "ServiceUsageAnalytics",
    "TechnicalServiceProvision",
    "UserInterfacePersonalisation",
}
"""Every category a purpose may name."""
