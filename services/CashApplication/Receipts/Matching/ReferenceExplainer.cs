using System.Globalization;
using System.Text.RegularExpressions;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>Explains a payment by what the payer names: references against amounts.</summary>
internal sealed partial class ReferenceExplainer(
    Payment payment, MatchFacts facts, MatchSettings settings, PayerEvidence payer, NamedItems named,
    Claims claims)
{
    private const int MaxReason = 100;

    private readonly string _text = string.Join(' ', payment.Remittance);
    private HashSet<Money>? _amounts;

    /// <summary>One explanation for each group of customers whose items are named.</summary>
    public IEnumerable<Draft> Explain()
    {
        foreach (var group in named.Open.GroupBy(item => facts.GroupOf(item.CustomerId)).OrderBy(group => group.Key))
        {
            foreach (var draft in Explain([.. group]))
                yield return draft;
        }

        if (named.Open.Count == 0 && (Hinted() ?? TwoSlips()) is { } hinted)
            yield return hinted;
    }

    private IEnumerable<Draft> Explain(Candidate[] items)
    {
        var rules = settings.RuleSetOf(items[0].CustomerId, facts);
        var amounts = new AmountFit(payment.Amount, payment.ValueDate, rules, settings.Policy, payment.Charges);
        var (fit, others) = Best(items, amounts, rules);
        yield return Explain(items, fit, others, rules);
        if (fit.Coded is { } coded)
            yield return Explain(items, coded, others, rules);
    }

    private Draft Explain(Candidate[] items, Fit fit, IReadOnlyList<string> others, RuleSet rules)
    {
        var told = payer.For(fit.Lines.Select(line => line.CustomerId).Distinct());
        var numbers = items.Select(item => item.InvoiceNumber).Distinct().Order(StringComparer.Ordinal).ToArray();
        var isExact = fit.Grade >= 0.70m;
        var isNumber = named.Naming == Naming.Number;
        return new Draft(MatchRules.InvoiceNumber, fit, rules)
            .Supported(isNumber ? Evidence.InvoiceNumber : Evidence.OrderNumber, isNumber
                ? $"The payer names {Words(numbers)}."
                : $"The payer names the order that {Words(numbers)} bill{(numbers.Length == 1 ? "s" : "")}.")
            .Supported(fit.Evidence, fit.Words)
            .Noted(others)
            .Supported(told)
            .Doubted(named.IsAmbiguous, 0.60m, "Several invoices have nearly this number.")
            .Doubted(IsLargeClaim(fit, items), 0.50m,
                "The payer gives a reason and no amount: so much is only deducted by a person.")
            .Doubted(DiffersFromTold(fit), 0.85m, "The payer tells in fields to pay something else of them.")
            .Doubted(HasTwin(fit, items), 0.85m, "Another open credit memo has this amount too.")
            .Doubted(fit.Evidence == Evidence.UnclearShort, 0.70m,
                "Which of them is short is not known; the oldest are paid first.")
            .Doubted(!isExact && told is null && items.Any(item => payer.IsUnlike(item.CustomerId)), 0.85m,
                "The payer's name is not like the customer's.");
    }

    /// <summary>
    /// The payer tells so much of a document, and the fit pays more or less of it: as where the other documents that it
    /// tells are not known yet.
    /// </summary>
    private bool DiffersFromTold(Fit fit) => (payment.Documents ?? []).Any(document =>
        document.Paid is { } told
        && fit.Lines.Where(line => ReferenceKeys.Compact(line.InvoiceNumber)
            == ReferenceKeys.Compact(document.DocumentNumber)).ToList() is { Count: > 0 } lines
        && Money.Sum(lines.Select(line => line.Sent), told.Currency) != told);

    /// <summary>The first way in which the amount fits, from exact to short.</summary>
    private (Fit Fit, IReadOnlyList<string> Words) Best(Candidate[] items, AmountFit amounts, RuleSet rules)
    {
        if (amounts.Exactly(items) is { } exact)
            return (exact, []);
        if (SingleInstallment(items, amounts) is { } installment)
            return (installment, []);
        if (WithHinted(items, amounts) is { } more)
            return (more, ["Others are named by the end of their number."]);
        if (LessCredits(items, amounts) is { } net)
            return (net, []);
        if (amounts.Nearly(items) is { } nearly)
            return (nearly, []);
        var isOneInvoice = items.Select(item => item.InvoiceId).Distinct().Count() == 1;
        if (!isOneInvoice && amounts.Among(items) is { Grade: >= 0.40m } some)
            return (some with { Evidence = Evidence.SomeOfNamed }, ["The others that are named are not paid by it."]);
        if (payment.Amount > amounts.Sum(items))
        {
            return AndOthers(items, amounts, rules) is { } rest
                ? (rest, ["The rest is explained by items that are not named."])
                : (amounts.Over(items)!, []);
        }

        return (Short(items, amounts, isOneInvoice, rules), []);
    }

    /// <summary>
    /// One installment of the only invoice: the one whose number is told, else the first of this amount.
    /// </summary>
    private Fit? SingleInstallment(Candidate[] items, AmountFit amounts)
    {
        if (items.Length < 2 || items.Select(item => item.InvoiceId).Distinct().Count() > 1)
            return null;
        var told = ToldInstallment().Match(_text) is { Success: true } match
            ? int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)
            : 0;
        return items.OrderByDescending(item => item.Installment == told)
            .Select(item => amounts.Exactly([item]) is { } exact
                ? exact with
                {
                    Evidence = Evidence.OneInstallment,
                    Words = exact.Lines[0].Charges is null
                        ? $"The amount is installment {item.Installment}."
                        : $"It is installment {item.Installment}. {exact.Words}",
                }
                : null)
            .FirstOrDefault(fit => fit is not null);
    }

    private Fit? WithHinted(Candidate[] items, AmountFit amounts)
    {
        var hinted = HintedOf(items.Select(item => item.CustomerId));
        return hinted.Length == 0 ? null : amounts.Exactly([.. items.Concat(hinted).Order(ByDueDate)]) is { } exact
            ? exact with { Evidence = Evidence.WithNumbersInPart }
            : null;
    }

    /// <summary>
    /// What is named less the credit memos that are named; where none is, less the only one of what is missing, or less
    /// all that its customers have: not where the payer gives another reason for what is missing.
    /// </summary>
    private Fit? LessCredits(Candidate[] items, AmountFit amounts)
    {
        if (payment.Amount >= amounts.Sum(items))
            return null;
        Guid[] debtors = [.. items.Select(item => item.CustomerId).Distinct()];
        OpenCredit[] told = [.. named.Credits.Where(credit => debtors.Contains(credit.CustomerId))];
        if (told.Length > 0)
            return amounts.LessCredits(items, told);
        if (IsPlain(ReasonTold(items), amounts.Sum(items) - payment.Amount))
            return null;
        OpenCredit[] open =
        [
            .. debtors.SelectMany(facts.CreditsOf).Select(claims.Now).Where(credit => credit.Available.IsPositive),
        ];
        OpenCredit[] same = [.. open.Where(one => one.Available == amounts.Sum(items) - payment.Amount)];
        return same.Length > 0
            ? amounts.LessCredits(items, same[..1]) is { } one
                ? one with { Evidence = Evidence.UnnamedCredits }
                : null
            : amounts.LessCredits(items, open) is { } all ? all with { Evidence = Evidence.UnnamedCredits } : null;
    }

    /// <summary>
    /// A credit memo that is not named, and another of any of those who owe what is named that would explain the same.
    /// </summary>
    private bool HasTwin(Fit fit, Candidate[] items) =>
        fit.Lines.SelectMany(line => line.Credits ?? []).ToList() is [var taken]
        && !named.Credits.Any(one => one.CreditMemoId == taken.CreditMemoId)
        && items.Select(item => item.CustomerId).Distinct().SelectMany(facts.CreditsOf).Select(claims.Now)
            .Count(one => one.Available == taken.Amount) > 1;

    /// <summary>What is named, and items of the same customers that make up the rest exactly.</summary>
    private Fit? AndOthers(Candidate[] items, AmountFit amounts, RuleSet rules)
    {
        var rest = new AmountFit(payment.Amount - amounts.Sum(items), payment.ValueDate, rules, policy: null);
        Candidate[] others = [.. Pool(items.Select(item => item.CustomerId)).Except(items)];
        var single = others.Select(item => rest.Exactly([item])).OfType<Fit>().Take(2).ToArray();
        var found = single.Length == 1 ? single[0] : single.Length == 0 ? rest.Among(others) : null;
        return found is { Grade: >= 0.60m }
            ? found with
            {
                Lines = [.. items.Select(item => AmountFit.Line(item)), .. found.Lines],
                Evidence = Evidence.NamedAndOthers,
                Words = $"{amounts.Sum(items)} are the balances of what is named.",
            }
            : null;
    }

    private Fit Short(Candidate[] items, AmountFit amounts, bool isOneInvoice, RuleSet rules)
    {
        if (isOneInvoice && LateDiscount(items, amounts) is { } late)
            return late;
        var missing = amounts.Sum(items) - payment.Amount;
        var told = ReasonTold(items);
        if (isOneInvoice)
        {
            return told is null && rules.AmountsWithoutTax && amounts.WithoutTax(items) is { } one
                ? one
                : ShortOfOne(items, amounts, told, missing);
        }

        // Of several it is known what is short only where the payer says how much is deducted: the last then bears it.
        // What is told in a part payment may be what is yet to come.
        if (!ToldAmounts(missing.Currency).Contains(missing) || items[^1].Available <= missing
            || (DeductionReasons.SaysPart(_text) && !DeductionReasons.SaysTakenOff(_text)))
        {
            return (told is null ? amounts.WithoutTax(items) : null)
                ?? amounts.Filled(items, null, null) with { Evidence = Evidence.UnclearShort };
        }

        return amounts.Filled(items, told?.Code ?? "other", Reason()) with { Evidence = Evidence.ToldDeduction };
    }

    /// <summary>
    /// What the payer plainly gives a reason for is deducted; else the policy says whether it is a claim, or a
    /// person's. Where neither gives a reason, and the payer's words may mean one or people gave one before, that one
    /// is suggested; of what is a claim by the policy the one that people gave holds where the policy says so. What
    /// nobody calls a deduction may as well be a part payment, and what the payer calls one is no claim.
    /// </summary>
    private Fit ShortOfOne(Candidate[] items, AmountFit amounts, ToldReason? told, Money missing)
    {
        var open = amounts.Sum(items);
        var rule = settings.Policy.ExceptionOf(ExceptionKind.Under, missing, open);
        var claim = rule is { Action: ExceptionAction.Claim } && !DeductionReasons.SaysPart(_text) ? rule : null;
        var isPlain = IsPlain(told, missing);
        var code = isPlain ? told!.Code : claim is null ? null : claim.ReasonCode ?? "other";
        var plain = amounts.Filled(items, code, isPlain ? Reason() : null) with
        {
            IsForPerson = rule is { IsForPerson: true },
        };
        if (isPlain || claim is { ReasonCode: not null })
            return plain;
        var learned = facts.Customer(items[0].CustomerId).ReasonLearnedOf(Reason());
        if (told is not null && learned is not { IsOfWords: true })
            learned = null;
        if ((learned?.ReasonCode ?? told?.Code) is not { } likely)
            return plain;
        var coded = amounts.Filled(items, likely, _text.Length == 0 ? null : Reason());
        coded = coded with
        {
            Words = $"{coded.Words} {learned?.Words ?? $"The payer's words may give the reason {likely}."}",
        };
        var isLittle = missing.Amount * 100 <= settings.Policy.DeductionPercent * open.Amount;
        return code is not null && isLittle && !plain.IsForPerson && learned is not null
            && learned.IsEnough(settings.Policy.LearnedReasons)
                ? coded
                : plain with { Coded = coded with { IsForPerson = true, IsCoded = true } };
    }

    /// <summary>What the text means by the profile of who owes the items, and the policy.</summary>
    private ToldReason? ReasonTold(Candidate[] items) =>
        DeductionReasons.Told(_text, settings.Policy, facts.Customer(items[0].CustomerId));

    /// <summary>
    /// True where the text takes off what is missing: by a word that means nothing else, or one that may and the amount
    /// or a word of taking off beside it; of what the payer calls a part payment only by both of these.
    /// </summary>
    private bool IsPlain(ToldReason? told, Money missing)
    {
        if (told is null)
            return false;
        var (isAmountTold, isTakenOff) =
            (ToldAmounts(missing.Currency).Contains(missing), DeductionReasons.SaysTakenOff(_text));
        return DeductionReasons.SaysPart(_text)
            ? isAmountTold && isTakenOff
            : !told.IsAmbiguous || isAmountTold || isTakenOff;
    }

    /// <summary>
    /// A word of the payer's text makes what is missing a deduction: more of an item than the policy says, and the text
    /// does not tell how much. It may as well be a part payment.
    /// </summary>
    private bool IsLargeClaim(Fit fit, Candidate[] items) => fit.Lines.Any(line =>
        line.Deduction is { Amount: var kept, CustomerReason: not null }
        && items.First(item => item.Id == (line.InvoiceId, line.Installment)).Available is var open
        && kept.Amount * 100 > settings.Policy.DeductionPercent * open.Amount
        && !ToldAmounts(kept.Currency).Contains(kept));

    /// <summary>The cash discount was taken though it is too late for it: not earned, so it stays open.</summary>
    private Fit? LateDiscount(Candidate[] items, AmountFit amounts) =>
        items is [{ Discount: { } offered } item] && payment.ValueDate > offered.Until
        && payment.Amount == item.Available - item.Available.Times(offered.Rate)
            ? amounts.Filled(items, "terms", $"cash discount after {offered.Until:O}") with
            {
                Evidence = Evidence.LateDiscount,
            }
            : null;

    /// <summary>
    /// Nothing is named plainly, but items of a likely payer by the end of their number or with a slip.
    /// </summary>
    private Draft? Hinted()
    {
        foreach (var candidate in payer.Candidates.Take(3))
        {
            var rules = settings.RuleSetOf(candidate.CustomerId, facts);
            var amounts = new AmountFit(payment.Amount, payment.ValueDate, rules, settings.Policy, payment.Charges);
            var items = HintedOf([candidate.CustomerId]);
            if (items.Length == 0)
                continue;
            var fit = amounts.Exactly(items) ?? amounts.Nearly(items)
                ?? (amounts.Among(items) is { Grade: >= 0.60m } some ? some : null);
            if (fit is null)
                continue;
            return new Draft(MatchRules.InvoiceNumber, fit, rules)
                .Supported(
                    Evidence.PartOfNumber, items.Min(named.ScoreOf),
                    "The payer writes the numbers in part, or with a slip.")
                .Noted(NotMeant())
                .Supported(fit.Evidence, fit.Words)
                .Supported(candidate);
        }

        return null;
    }

    private string[] NotMeant() => named.NotMeant is { } other
        ? [$"{other.InvoiceNumber}, which is written, is somebody else's and of another amount."]
        : [];

    private IEnumerable<Candidate> Pool(IEnumerable<Guid> customers) => customers.Distinct()
        .SelectMany(facts.Of).Select(claims.Now).Where(item => item.Available.IsPositive);

    /// <summary>The payer's text as a deduction keeps it, and as what people make of it is learned.</summary>
    private string Reason() => _text.Length > MaxReason ? _text[..MaxReason] : _text;

    private HashSet<Money> ToldAmounts(Currency currency) => _amounts ??= AmountsInText.Read(_text, currency);

    private static Comparer<Candidate> ByDueDate => Comparer<Candidate>.Create((a, b) =>
        a.DueDate != b.DueDate ? a.DueDate.CompareTo(b.DueDate)
        : string.CompareOrdinal(a.InvoiceNumber, b.InvoiceNumber) is not 0 and var order ? order
        : a.Installment.CompareTo(b.Installment));

    private static string Words(string[] numbers) => numbers.Length <= 3
        ? string.Join(" and ", numbers)
        : $"{string.Join(", ", numbers[..3])} and {numbers.Length - 3} more";

    [GeneratedRegex(@"\binstal?lment\s+(?<number>\d{1,2})\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex ToldInstallment();
}
