using System.Text.RegularExpressions;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What a payer's words say of why something is kept back.</summary>
/// <param name="Code">One of <see cref="DeductionReasons.Codes"/>.</param>
/// <param name="IsAmbiguous">The word stands in many a text that takes nothing off: it may only mean that.</param>
public sealed record ToldReason(string Code, bool IsAmbiguous);

/// <summary>
/// Reasons for which payers keep something back, and the words they use for them in English, Spanish, French and
/// German.
/// </summary>
public static partial class DeductionReasons
{
    /// <summary>So short a word is only meant where no letter follows it.</summary>
    private const int ShortWord = 3;

    /// <summary>Our codes; those of disputes.</summary>
    public static readonly IReadOnlyList<string> Codes =
        ["price", "quantity", "quality", "not-received", "duplicate", "tax", "terms", "other"];

    private static readonly DeductionReason[] Standard =
    [
        .. Of("not-received", "not received", "non receipt", "undelivered", "no recibid", "non reçu", "non recu",
            "non livr", "nicht erhalten", "nicht geliefert"),
        .. Of("quantity", "short ship", "shortship", "shortage", "short delivery", "missing units", "faltante",
            "manquant", "fehlmenge", "minderlieferung", "unterlieferung"),
        .. Of("quality", "damage", "defect", "quality", "spoil", "dañad", "danad", "defectuos", "calidad", "endommag",
            "défectu", "qualité", "beschädig", "beschaedig", "mangelhaft", "mängel", "maengel", "qualität"),
        .. Of("price", "pricing", "overcharge", "preisdifferenz", "preisabweichung", "écart de prix",
            "diferencia de precio", "price"),
        .. Of("duplicate", "duplicate", "billed twice", "duplicad", "doublon", "doppelt"),
        .. Of("tax", "withholding", "retención", "retencion", "retenue à la source", "quellensteuer", "sales tax",
            "vat", "iva", "tva", "mwst", "umsatzsteuer", "mehrwertsteuer"),
        .. Of("terms", "discount", "early pay", "skonto", "descuento", "pronto pago", "escompte"),
        .. Of("other", "freight", "promo", "allowance", "rebate", "return", "chargeback", "net settlement", "deduction",
            "flete", "rebaja", "bonificaci", "devoluci", "deducci", "ristourne", "rabais", "déduction", "retour",
            "fracht", "rabatt", "retoure", "rücksendung", "abzug"),
        .. Of("price", "precio", "prix", "preis"),
    ];

    /// <summary>They name a tax number, the goods or an address as often as what is kept back.</summary>
    private static readonly HashSet<string> Ambiguous = new(StringComparer.Ordinal)
    {
        "price", "precio", "prix", "preis", "sales tax", "vat", "iva", "tva", "mwst", "umsatzsteuer",
        "mehrwertsteuer", "promo", "return", "devoluci", "retour", "retoure", "rücksendung",
    };

    /// <summary>
    /// The code that a payer's words or code mean, by the customer's profile first and then by the policy, or null.
    /// </summary>
    public static string? CodeOf(string? words, MatchPolicy policy, CustomerCandidate? customer = null) =>
        Told(words, policy, customer)?.Code;

    /// <summary>The same, and how plain the words are; what profile or policy map is plain.</summary>
    public static ToldReason? Told(string? words, MatchPolicy policy, CustomerCandidate? customer = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (string.IsNullOrWhiteSpace(words))
            return null;
        var affirmed = Affirmed(words);
        if ((customer?.DeductionReasons ?? []).Concat(policy.DeductionReasons ?? []).FirstOrDefault(reason =>
            Names(Denial().IsMatch(reason.Words) ? words : affirmed, reason.Words)) is { } mapped)
        {
            return new ToldReason(mapped.ReasonCode, IsAmbiguous: false);
        }

        DeductionReason[] named = [.. Standard.Where(reason => Names(affirmed, reason.Words, ShortWord))];
        return (named.FirstOrDefault(reason => !Ambiguous.Contains(reason.Words)) ?? named.FirstOrDefault()) is { } one
            ? new ToldReason(one.ReasonCode, Ambiguous.Contains(one.Words))
            : null;
    }

    /// <summary>True where the payer calls it a part of what it owes: the rest is yet to come.</summary>
    public static bool SaysPart(string words) => PartPayment().IsMatch(words);

    /// <summary>True where the payer says that something is taken off.</summary>
    public static bool SaysTakenOff(string words) => TakenOff().IsMatch(Affirmed(words));

    /// <summary>The text without what it says is not taken off, such as <c>zahlbar ohne Abzug</c>.</summary>
    private static string Affirmed(string words) => Denial().Replace(words, " ");

    private static IEnumerable<DeductionReason> Of(string code, params string[] words) =>
        words.Select(word => new DeductionReason(word, code));

    /// <summary>
    /// A word counts where one begins with it: <c>damage</c> is in <c>damaged goods</c>, not in <c>undamaged</c>; one
    /// of so many letters at most only by itself.
    /// </summary>
    private static bool Names(string text, string words, int shortWord = 0)
    {
        for (var from = 0; ;)
        {
            var at = text.IndexOf(words, from, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                return false;
            var end = at + words.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1]))
                && (words.Length > shortWord || end == text.Length || !char.IsLetter(text[end])))
                return true;
            from = at + 1;
        }
    }

    [GeneratedRegex(
        @"\bpart(ial)?[ -](payment|pmt)|\b\d+(st|nd|rd|th)\s+of\s+\d+|\binstal?lment|\bfirst payment" +
        @"|\b(payment|pmt|rate|pago|cuota|versement|échéance)\s+\d{1,2}\s*(of|/|von|de|sur)\s*\d{1,2}\b" +
        @"|\bbalance to follow|\bteil(zahlung|betrag|rechnung)|\b(an|abschlags?|raten)zahlung|\brest folgt" +
        @"|\bacompte|\bpaiement partiel|\bpago (parcial|a cuenta)|\babono parcial|\banticipo",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PartPayment();

    [GeneratedRegex(
        @"\b(ohne|kein\w*|nicht|sans|sin|without|no|not)\s+" +
        @"((any|further|jeden|jegliche[nr]?|weiteren?|aucune?|autre|ning[uú]na?)\s+)?(abz[uü]g\w*\s+von\s+)?" +
        @"(abz[uü]g|skonto|rabatt|escompte|rabais|retenue|descuento|retenci|d[eé]duc|discount|claim|disput)\w*",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Denial();

    [GeneratedRegex(
        @"\b(less|minus|moins|menos|abzgl|gekürzt|gekuerzt)\b|\bnet of\b|\bshort[ -]?pa(id|y)|\bdeduct|\bwithh[eo]ld" +
        @"|\bclaim|\bdisput|\babzüglich|\babzueglich|\babz[uü]g|\beinbehalt|\bdédu(it|ct)|\bdeduit|\bretenu" +
        @"|\bdeduc(id|ci)|\bdescont|\bretenid",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TakenOff();
}
