"""Words to look for in texts, by language: what promises, presses, twists a no, or says nothing definite."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessPhrases:
    """The phrases of one language in small letters, with bars between; each also stands for words it starts.

    ``consent`` are stems of the word consent, one of which a request for it has to hold. A recipient whose
    name is made of nothing but words of ``nobody`` is not named at all. ``evasions`` are what a button beside yes
    says in place of no, ``stakes`` are words of gain, loss and liking that no button needs.
    """

    promises: str
    pressure: str
    double_negatives: str
    legitimate_interest: str
    catch_all: str
    nobody: str
    evasions: str
    stakes: str
    consent: str


ENGLISH = FairnessPhrases(
    promises=(
        "best experience|best possible|better experience|improve your|enhance|enrich your|"
        "personalised experience|personalized experience|tailored experience|full experience|seamless|"
        "enjoy all|enjoy the full|make the most|free shipping|discount for|better deal|best deal|great deal|"
        "better offer|best offer|great offer|exclusive offer|exclusive deal|deals for you|offers for you|"
        "just for you|better price|best price|better service|better shop|better site|save money|"
        "more relevant|most relevant"
    ),
    pressure=(
        "are you sure|you will lose|you'll lose|miss out|don't miss|do not miss|help us survive|"
        "support us|we need your help|unfortunately|sorry to see|please accept|we recommend|"
        "recommended|we value your privacy|we care about your privacy|just click|simply accept|"
        "act now|last chance|please help|please say|please agree|please consent|please choose yes|by saying yes|"
        "just say yes|help our team|help our shop|help our family|help us keep going|help us stay open|help us grow|"
        "our small|our little|small team|we are a small|rely on your support|depend on your support"
    ),
    double_negatives=(
        "do not refuse|don't refuse|do not reject|don't reject|do not decline|do not object|"
        "don't object|do not opt out|don't opt out|not opt out|do not disagree|don't disagree|"
        "do not withhold|do not disallow|don't disallow|do not withdraw|untick to|uncheck to|"
        "untick if you do not"
    ),
    legitimate_interest="legitimate interest",
    catch_all=(
        "any purpose|all purposes|other purposes|various purposes|further purposes|any other use|"
        "among other things|and so on|etc.|business purposes"
    ),
    nobody=(
        "our partners|selected partners|trusted partners|third parties|third-party providers|"
        "affiliates|partners|advertisers|vendors|service providers|various|advertising partners|"
        "marketing partners|analytics providers"
    ),
    evasions="later|not now|settings|preferences|options|manage|customise|customize|learn more",
    stakes=(
        "hate|i love|i like|i enjoy|i don't like|i do not like|i don't care|i do not care|i prefer|saving|save money|"
        "discount|deal|offer|bargain|benefit|reward|money|pay more|pay full|full price|better|best|worse|boring|"
        "irrelevant|miss out|lose|risk"
    ),
    consent="consent",
)
GERMAN = FairnessPhrases(
    promises=(
        "beste erlebnis|bestes erlebnis|bestmögliche|besseres erlebnis|einkaufserlebnis|"
        "nutzererlebnis|optimales|optimale nutzung|volle nutzung|personalisiertes erlebnis|"
        "alle vorteile|kostenloser versand|bessere angebote|besseren angebote|beste angebote|besten angebote|"
        "tolle angebote|exklusive angebote|exklusive vorteile|angebote für sie|speziell für sie|extra für sie|"
        "bessere preise|beste preise|besten preise|besserer service|besseren service|geld sparen|relevantere"
    ),
    pressure=(
        "sind sie sicher|verpassen|entgeht|leider|unterstützen sie uns|helfen sie uns|"
        "bitte akzeptieren|wir empfehlen|empfohlen|ihre privatsphäre ist uns wichtig|"
        "wir schätzen ihre privatsphäre|einfach zustimmen|letzte chance|jetzt zustimmen|bitte helfen|bitte sagen sie|"
        "bitte stimmen sie|bitte willigen|sagen sie ja|indem sie ja|helfen sie unserem|unterstützen sie unser|"
        "unser kleines|unserem kleinen|unseren kleinen|kleines team|kleinen team|auf ihre unterstützung"
    ),
    double_negatives=(
        "nicht ablehnen|nicht widersprechen|nicht verweigern|nicht abwählen|nicht abmelden möchten|"
        "nicht untersagen|nicht widerrufen möchten|kein widerspruch"
    ),
    legitimate_interest="berechtigtes interesse|berechtigten interesse|berechtigte interesse",
    catch_all=(
        "jeden zweck|alle zwecke|andere zwecke|anderen zwecken|sonstige zwecke|weitere zwecke|"
        "weiteren zwecken|unter anderem|usw.|und so weiter"
    ),
    nobody=(
        "unsere partner|ausgewählte partner|partner|drittanbieter|dritte|dienstleister|werbepartner|"
        "verschiedene|werbetreibende"
    ),
    evasions="später|jetzt nicht|einstellungen|optionen|verwalten|anpassen|mehr erfahren",
    stakes=(
        "hasse|ich liebe|ich mag|ich zahle|lieber mehr|egal|spare|ersparnis|rabatt|angebot|"
        "schnäppchen|vorteil|belohnung|geld|preis|besser|beste|schlechter|langweilig|irrelevant|verpasse|verlier|risiko"
    ),
    consent="einwillig|zustimm",
)
FRENCH = FairnessPhrases(
    promises=(
        "meilleure expérience|expérience optimale|expérience personnalisée|améliorer votre|"
        "enrichir votre|profiter pleinement|profitez pleinement|profitez de tous|livraison offerte|"
        "meilleures offres|meilleurs prix|meilleur prix|meilleur service|offres exclusives|offre exclusive|"
        "bons plans|bonnes affaires|offres pour vous|rien que pour vous|économisez|faire des économies|plus pertinent"
    ),
    pressure=(
        "êtes-vous sûr|vous manquerez|ne manquez pas|malheureusement|soutenez-nous|aidez-nous|"
        "veuillez accepter|nous recommandons|recommandé|votre vie privée nous tient à cœur|"
        "nous respectons votre vie privée|acceptez simplement|dernière chance|aidez notre|aidez s'il vous plaît|"
        "s'il vous plaît, aidez|s'il vous plaît, acceptez|merci d'accepter|dites oui|en disant oui|soutenez notre|"
        "notre petit|petite équipe|votre soutien"
    ),
    double_negatives=(
        "ne pas refuser|ne refusez pas|ne pas vous opposer|ne vous opposez pas|ne pas désactiver|"
        "ne pas rejeter|ne pas retirer|décochez si vous ne|ne souhaitez pas refuser"
    ),
    legitimate_interest="intérêt légitime|intérêts légitimes",
    catch_all=(
        "toute fin|toutes fins|toutes les finalités|autres fins|autres finalités|diverses finalités|entre autres|etc."
    ),
    nobody=("nos partenaires|partenaires|tiers|prestataires|annonceurs|fournisseurs|divers|partenaires publicitaires"),
    evasions="plus tard|pas maintenant|paramètres|préférences|options|gérer|personnaliser|en savoir plus",
    stakes=(
        "je déteste|j'adore|j'aime|je n'aime pas|je préfère|je m'en fiche|tant pis|économi|réduction|remise|promo|"
        "bons plans|offre|avantage|récompense|argent|prix|payer|mieux|meilleur|pire|ennuyeu|perdre|je perds|rater|"
        "manquer|risque"
    ),
    consent="consent",
)
SPANISH = FairnessPhrases(
    promises=(
        "mejor experiencia|experiencia óptima|experiencia personalizada|mejorar su|mejorar tu|"
        "enriquecer su|disfrute de todas|disfruta de todas|aproveche al máximo|envío gratis|mejores ofertas|"
        "mejores precios|mejor precio|mejor servicio|ofertas exclusivas|oferta exclusiva|ofertas para usted|"
        "ofertas para ti|solo para ti|solo para usted|ahorre dinero|ahorra dinero|ahorrar dinero|más relevante"
    ),
    pressure=(
        "está seguro|estás seguro|se perderá|te perderás|no se pierda|no te pierdas|lamentablemente|"
        "desafortunadamente|apóyenos|apóyanos|ayúdenos|por favor, acepte|recomendamos|recomendado|"
        "valoramos su privacidad|nos importa su privacidad|última oportunidad|ayúdanos|ayude a nuestr|"
        "ayuda a nuestr|por favor, ayud|por favor, acepta|por favor, diga|diga sí|diga que sí|di que sí|"
        "diciendo que sí|nuestro pequeño|nuestra pequeña|pequeño equipo|apoye a nuestr|su apoyo"
    ),
    double_negatives=(
        "no rechazar|no rechace|no rechaces|no oponerse|no se oponga|no te opongas|no desactivar|"
        "no negarse|no retirar|desmarque si no|desmarca si no"
    ),
    legitimate_interest="interés legítimo|intereses legítimos",
    catch_all=(
        "cualquier fin|cualquier finalidad|todos los fines|otros fines|otras finalidades|"
        "diversos fines|entre otros|entre otras cosas|etc."
    ),
    nobody=(
        "nuestros socios|socios|terceros|proveedores|anunciantes|varios|socios publicitarios|proveedores de servicios"
    ),
    evasions="más tarde|ahora no|ajustes|configurar|preferencias|opciones|gestionar|personalizar|más información",
    stakes=(
        "odio|me encanta|me gusta|prefiero|me da igual|ahorr|descuento|rebaja|oferta|ganga|ventaja|"
        "beneficio|recompensa|dinero|precio|pagar|mejor|peor|aburrid|perder|pierdo|riesgo"
    ),
    consent="consent|consient",
)
CHINESE = FairnessPhrases(
    promises=(
        "最佳体验|更好的体验|最好的体验|优质体验|提升您的|提升体验|改善您的|畅享|尽享|免运费|更好的优惠|更多优惠|"
        "最优惠|专属优惠|独家优惠|超值|更低价|更低的价格|更好的服务|省钱|更相关|专为您"
    ),
    pressure=(
        "您确定|你确定|错过|遗憾|支持我们|帮助我们|请接受|建议您接受|推荐选择|我们重视您的隐私|最后机会|立即同意|"
        "请帮助|请帮帮|帮帮我们|小团队|小店|请说是|请同意|求求|拜托|点同意|您的支持"
    ),
    double_negatives="不要拒绝|不拒绝|不反对|请勿拒绝|不要撤回|不想拒绝|并非不",
    legitimate_interest="合法利益|正当利益|合法权益",
    catch_all="任何目的|所有目的|其他目的|各种目的|任何用途|其他用途|等用途|等等",
    nobody="合作伙伴|我们的合作伙伴|第三方|服务商|服务提供商|广告商|供应商|关联公司",
    evasions="以后|稍后|设置|选项|管理|了解更多",
    stakes=(
        "讨厌|我喜欢|我不喜欢|我宁愿|不在乎|省钱|优惠|折扣|特价|原价|福利|好处|奖励|更好|更差|无聊|错过|损失|失去|风险"
    ),
    consent="同意",
)
ARABIC = FairnessPhrases(
    promises=(
        "أفضل تجربة|تجربة أفضل|تجربة مخصصة|تحسين تجربتك|لتحسين تجربت|استمتع|شحن مجاني|عروض أفضل|أفضل العروض|"
        "أفضل عروض|عروض حصرية|عروض لك|أسعار أفضل|أفضل الأسعار|خدمة أفضل|وفر المال|توفير المال|أكثر صلة"
    ),
    pressure=(
        "هل أنت متأكد|ستفوتك|لا تفوت|للأسف|ادعمنا|ساعدنا|يرجى القبول|نوصي|ننصح|خصوصيتك تهمنا|"
        "نحن نقدر خصوصيتك|الفرصة الأخيرة|ساعد فريقنا|ساعدوا فريقنا|فريقنا الصغير|متجرنا الصغير|قل نعم|بقول نعم|"
        "بقولك نعم|من فضلك ساعد|من فضلك وافق|من فضلك اقبل|نرجو موافقتك|نرجو القبول|ادعم متجرنا|بدعمك"
    ),
    double_negatives="لا ترفض|عدم رفض|عدم الرفض|عدم الاعتراض|لا تعترض|لا تسحب|عدم سحب",
    legitimate_interest="المصلحة المشروعة|مصلحة مشروعة|المصالح المشروعة",
    catch_all="أي غرض|جميع الأغراض|أغراض أخرى|لأغراض مختلفة|وما إلى ذلك|إلخ",
    nobody="شركاؤنا|شركاء|الشركاء|أطراف ثالثة|طرف ثالث|مزودو الخدمات|المعلنون|الموردون",
    evasions="لاحقا|ليس الآن|الإعدادات|إعدادات|التفضيلات|خيارات|إدارة|معرفة المزيد",
    stakes=(
        "أكره|أحب|أفضل|لا يهمني|توفير|خصم|خصومات|تخفيض|عروض|العرض|مزايا|مكافأ|المال|السعر|أسعار|أسوأ|ممل|أخسر|"
        "خسارة|تفويت|أفوت|مخاطر"
    ),
    consent="موافق|توافق|نوافق",
)

WORDING = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH, "zh": CHINESE, "ar": ARABIC}
"""The phrases of each shipped language."""
