using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>Explains a payment by what an advice, or the payment itself, says line by line.</summary>
internal sealed class RemittanceExplainer(
    Payment payment, MatchFacts facts, MatchSettings settings, PayerEvidence payer, IReadOnlySet<string> keys,
    Claims claims)
{
    /// <summary>Advice and money of the same amount belong together when they are so many days apart at most.</summary>
    private const int MaxDaysApart = 30;

    private readonly Money _zero = Money.Zero(payment.Amount.Currency);

    /// <summary>
    /// At most one for each advice that belongs to the payment; and one more where people coded the reasons that it
    /// gives before, for a person to choose.
    /// </summary>
    public IEnumerable<Draft> Explain()
    {
        if (payment.Documents is { Count: > 0 } documents)
        {
            foreach (var own in Explain(documents, [], null, Evidence.DocumentsOfPayment,
                "The payment names its documents and amounts."))
            {
                yield return own;
            }
        }

        foreach (var waiting in facts.Remittances)
        {
            if (!claims.IsWaiting(waiting.RemittanceId)
                || (waiting.ReceiptId is not null && waiting.ReceiptId != payment.ReceiptId)
                || Belongs(waiting) is not var (evidence, words))
            {
                continue;
            }

            foreach (var draft in Explain(
                waiting.Advice.Lines, waiting.Advice.Adjustments, waiting.RemittanceId, evidence, words))
            {
                yield return draft;
            }
        }
    }

    private (Evidence Evidence, string Words)? Belongs(WaitingRemittance waiting)
    {
        var advice = waiting.Advice;
        if (advice.Amount.Currency != payment.Amount.Currency)
            return null;
        if (advice.PaymentReference is { Length: >= 3 } reference && IsPaymentReference(reference))
        {
            return IsOfPayment(advice.Amount)
                ? (Evidence.AdviceByReference, "A remittance advice has the payment's reference and amount.")
                : (Evidence.AdviceOfOtherAmount,
                    "A remittance advice has the payment's reference, and another amount.");
        }

        if (!IsOfPayment(advice.Amount) || !IsNear(advice.PaymentDate))
            return null;
        return IsSamePayer(waiting)
            ? (Evidence.AdviceOfPayer, "A remittance advice of this payer has this amount.")
            : null;
    }

    /// <summary>What came; or what was sent, where we bear what banks kept of it.</summary>
    private bool IsOfPayment(Money told) => told == payment.Amount || IsSent(told);

    private bool IsSent(Money told) => payment.Charges is { } kept && told == payment.Sent && Policy.Bears(kept, told);

    private bool IsPaymentReference(string reference)
    {
        var compact = ReferenceKeys.Compact(reference);
        return keys.Contains(compact) || keys.Contains(ReferenceKeys.Loose(reference))
            || (payment.CheckNumber is { } check && ReferenceKeys.Loose(check) == ReferenceKeys.Loose(reference));
    }

    private bool IsNear(DateOnly? date) =>
        date is not { } day || Math.Abs(day.DayNumber - payment.ValueDate.DayNumber) <= MaxDaysApart;

    private bool IsSamePayer(WaitingRemittance waiting)
    {
        var told = waiting.Advice.Payer;
        return IsPayersAccount(told)
            || (waiting.CustomerId is { } customer
                && payer.Candidates.Any(one => facts.MayPay(one.CustomerId, customer)))
            || (told.Name is { } name && payment.PayerName is { } paid
                && NameSimilarity.Of(name, paid) >= NameSimilarity.Same);
    }

    /// <summary>
    /// The account, of the same bank where both tell it; a lockbox's account may have its bank in front.
    /// </summary>
    private bool IsPayersAccount(RemittanceParty told) => told.Account is { } account
        && (told.Bank is { } bank && payment.PayerBank is { } paidBy
            ? (bank, account) == (paidBy, payment.PayerAccount)
            : payment.PayerAccount is { } own && (own == account || own == $"{told.Bank}/{account}"));

    private IEnumerable<Draft> Explain(
        IReadOnlyList<RemittanceLine> documents, IReadOnlyList<RemittanceAdjustment> adjustments, Guid? remittanceId,
        Evidence evidence, string words)
    {
        var story = new Story(this, followsPeople: false);
        if (Explain(story, documents, adjustments, remittanceId, evidence, words) is not { } draft)
            yield break;
        yield return draft;
        if (story.LeavesOutLearned
            && Explain(new Story(this, followsPeople: true), documents, adjustments, remittanceId, evidence, words)
                is { } learned)
        {
            yield return learned;
        }
    }

    private Draft? Explain(
        Story story, IReadOnlyList<RemittanceLine> documents, IReadOnlyList<RemittanceAdjustment> adjustments,
        Guid? remittanceId, Evidence evidence, string words)
    {
        foreach (var document in documents)
            story.Add(document);
        var kept = adjustments.Where(one => one.Amount.IsNegative && !story.TakesOff(one)).ToList();
        var unborne = kept.Where(one => !story.Bear(one)).ToList();
        if (story.Lines.Count == 0)
            return null;
        var (lines, setOff) = story.LessCredits();
        var paid = Money.Sum(lines.Select(line => line.Amount), payment.Amount.Currency);
        if (paid > payment.Amount && !IsSent(paid))
            return null;
        var isWhole = IsOfPayment(paid);
        var fit = new Fit(lines, isWhole ? Evidence.WholeAmount : Evidence.PartOfAmount, isWhole
            ? "Its lines sum to the amount."
            : $"Its lines explain {paid} of {payment.Amount}.", isWhole, IsForPerson: story.FollowsPeople,
            IsCoded: story.FollowsPeople);
        if (paid > payment.Amount)
        {
            if (AmountFit.LessCharges(fit, payment.Charges!) is not { } less)
                return null;
            fit = less;
        }

        var rules = settings.RuleSetOf(lines[0].CustomerId, facts);
        return new Draft(MatchRules.Remittance, fit, rules) { RemittanceId = remittanceId }
            .Supported(evidence, words)
            .Supported(fit.Evidence, fit.Words)
            .Supported(payer.For(fit.Lines.Select(line => line.CustomerId).Distinct()))
            .Doubted(story.Unresolved.Count > 0, 0.85m,
                $"Not found, or not open: {string.Join(", ", story.Unresolved.Take(5))}.")
            .Noted(kept.Except(unborne).Select(one =>
                $"{-one.Amount} are kept back of no document; the largest item bears them."))
            .Doubted(unborne.Count > 0, 0.85m, "More is kept back of no document than any of its items can bear.")
            .Noted(lines.Any(line => line.Credits is not null)
                ? [$"It takes off {CreditsTakenOff.Words(story.Credits.Select(one => one.Credit))}."] : [])
            .Noted(story.Learned.Distinct())
            .Doubted(setOff.IsPositive, 0.85m,
                $"Credits of {setOff} are set off; apply them to what stays open.");
    }

    /// <summary>What the lines of an advice come to, one after the other.</summary>
    private sealed class Story(RemittanceExplainer outer, bool followsPeople)
    {
        private readonly Dictionary<(Guid, int), Money> _used = [];
        private readonly Dictionary<(Guid, int), Money> _unearned = [];

        public List<MatchLine> Lines { get; } = [];

        public List<string> Unresolved { get; } = [];

        /// <summary>True where all that people coded before codes, be it enough by the policy or not.</summary>
        public bool FollowsPeople => followsPeople;

        /// <summary>What people coded before, where that codes.</summary>
        public List<string> Learned { get; } = [];

        /// <summary>True where people coded something before, and the policy does not let it code by itself.</summary>
        public bool LeavesOutLearned { get; private set; }

        /// <summary>Credit memos that are known, and what of them is taken off.</summary>
        public List<(OpenCredit Credit, Money Amount)> Credits { get; } = [];

        /// <summary>What is set off of credits that are not known, or not open.</summary>
        private Money SetOff { get; set; } = outer._zero;

        /// <summary>The lines less the credit memos; and what is set off that is not taken off any of them.</summary>
        public (IReadOnlyList<MatchLine> Lines, Money SetOff) LessCredits() =>
            CreditsTakenOff.From(Lines, Credits) is { } lines
                ? (lines, SetOff)
                : (Lines, SetOff + Money.Sum(Credits.Select(one => one.Amount), outer._zero.Currency));

        public void Add(RemittanceLine document)
        {
            var kept = document.Adjustments.Where(adjustment => adjustment.Amount.IsNegative).ToList();
            var deducted = Money.Sum(kept.Select(adjustment => -adjustment.Amount), outer._zero.Currency);
            var discount = document.Discount ?? outer._zero;
            var paid = document.Paid ?? (document.Gross is { } gross ? gross - discount - deducted : null);
            if (paid is { IsNegative: true } credit)
            {
                TakeOff(document.DocumentNumber, -credit);
                return;
            }

            var items = Items(document.DocumentNumber);
            if (items.Length == 0)
            {
                Unresolved.Add(document.DocumentNumber);
                return;
            }

            Settle(items, paid ?? Money.Sum(items.Select(item => item.Available), outer._zero.Currency), discount,
                deducted, kept.Count > 0 ? kept[0] : null);
        }

        /// <summary>True where what is kept back of no document is a credit memo.</summary>
        public bool TakesOff(RemittanceAdjustment adjustment)
        {
            if (adjustment.Reference is not { } reference || outer.CreditNamedBy(reference) is null)
                return false;
            TakeOff(reference, -adjustment.Amount);
            return true;
        }

        private void TakeOff(string number, Money amount)
        {
            if (outer.CreditNamedBy(number) is { } credit && !Credits.Exists(one => one.Credit == credit)
                && amount <= credit.Available)
                Credits.Add((credit, amount));
            else
                SetOff += amount;
        }

        /// <summary>
        /// What is kept back of no document is kept back of the largest item that nothing is kept back of yet; false
        /// where none is large enough.
        /// </summary>
        public bool Bear(RemittanceAdjustment adjustment)
        {
            var kept = -adjustment.Amount;
            var bearer = Lines.Where(line => line.Deduction is null && line.Amount > kept)
                .OrderByDescending(line => line.Amount.Amount)
                .ThenBy(line => line.InvoiceNumber, StringComparer.Ordinal)
                .FirstOrDefault();
            if (bearer is null)
                return false;
            Lines[Lines.IndexOf(bearer)] = bearer with
            {
                Amount = bearer.Amount - kept,
                Deduction = new Deduction(
                    kept, CodeOf(bearer.CustomerId, adjustment), adjustment.ReasonCode ?? adjustment.Reference),
            };
            return true;
        }

        private Candidate[] Items(string number)
        {
            var (compact, loose) = (ReferenceKeys.Compact(number), ReferenceKeys.Loose(number));
            var named = outer.NamedBy(compact, loose).ToList();
            if (named.Count == 0 && outer.Policy.ReferenceRules?.Strip(number) is { } stripped)
                named = [.. outer.NamedBy(ReferenceKeys.Compact(stripped), ReferenceKeys.Loose(stripped))];
            return
            [
                .. named.Select(item => _used.TryGetValue(item.Id, out var used)
                        ? item with
                        {
                            Available = item.Available - used,
                            Discount = item.Discount?.Less(UnearnedOf(item)),
                        }
                        : item)
                    .Where(item => item.Available.IsPositive),
            ];
        }

        private void Settle(
            Candidate[] items, Money paid, Money discount, Money deducted, RemittanceAdjustment? why)
        {
            foreach (var item in items)
            {
                var part = Money.Min(paid, item.Available);
                if (!part.IsPositive)
                    break;
                paid -= part;
                var open = item.Available - part;
                var taken = Money.Min(Money.Min(discount, open), item.DeductibleBeside(part, outer.DiscountDay(item)));
                discount -= taken;
                open -= taken;
                var (kept, code) = Kept(item, open, discount, deducted, why);
                deducted -= Money.Min(deducted, kept);
                Lines.Add(new MatchLine(
                    item.InvoiceId, item.Installment, item.InvoiceNumber, item.CustomerId, part,
                    taken.IsPositive ? taken : null, null,
                    kept.IsPositive ? new Deduction(kept, code, why?.ReasonCode ?? why?.Reference) : null));
                _used[item.Id] = (_used.TryGetValue(item.Id, out var used) ? used : outer._zero) + part + taken;
                if (outer.DiscountDay(item) > item.Discount?.Until)
                    _unearned[item.Id] = UnearnedOf(item) + taken;
            }
        }

        /// <summary>
        /// What lines before have taken of the item's discount without earning it: the bound is that of all of them.
        /// </summary>
        private Money UnearnedOf(Candidate item) =>
            _unearned.TryGetValue(item.Id, out var taken) ? taken : outer._zero;

        /// <summary>A discount that is not earned is kept back all the same, for no good reason.</summary>
        private (Money Amount, string Code) Kept(
            Candidate item, Money open, Money unearned, Money deducted, RemittanceAdjustment? why) =>
            deducted.IsPositive && open.IsPositive
                ? (Money.Min(open, deducted), CodeOf(item.CustomerId, why))
                : (Money.Min(open, unearned), "terms");

        /// <summary>
        /// What the payer's code means: by profile and policy, else as people coded it before where that is enough;
        /// else nothing that is known.
        /// </summary>
        private string CodeOf(Guid customerId, RemittanceAdjustment? why)
        {
            var customer = outer.Facts.Customer(customerId);
            if (DeductionReasons.CodeOf(why?.ReasonCode, outer.Policy, customer) is { } told)
                return told;
            if (customer.ReasonLearnedOf(why?.ReasonCode) is not { ReasonCode: not "other" } learned)
                return "other";
            if (!followsPeople && !learned.IsEnough(outer.Policy.LearnedReasons))
            {
                LeavesOutLearned = true;
                return "other";
            }

            Learned.Add(learned.Words);
            return learned.ReasonCode;
        }
    }

    private MatchPolicy Policy => settings.Policy;

    private MatchFacts Facts => facts;

    private DateOnly DiscountDay(Candidate item) =>
        settings.RuleSetOf(item.CustomerId, facts).DiscountDay(item, payment.ValueDate);

    private OpenCredit? CreditNamedBy(string number) => facts.CreditsNamed(ReferenceKeys.Compact(number))
        .Concat(facts.CreditsNamed(ReferenceKeys.Loose(number))).Select(claims.Now)
        .FirstOrDefault(credit => credit.Available.IsPositive);

    private IEnumerable<Candidate> NamedBy(string compact, string loose)
    {
        var exact = facts.Named(compact).Where(named => named.IsExact).Select(named => named.Item).ToList();
        var found = exact.Count > 0 ? exact : facts.Named(loose).Select(named => named.Item).Distinct().ToList();
        return (found.Count > 0 ? found : facts.OfOrder(compact)).Select(claims.Now);
    }
}
