using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.WriteOffs;

/// <summary>The rules of write-off runs; whether a rest can be written off is its invoice's to say.</summary>
public static class WriteOffRunDecider
{
    /// <summary>Most rests in one run; what is left is for the next one.</summary>
    public const int MaxItems = 5_000;

    /// <summary>Asks for a run over these rests; with nobody to approve it, it starts at once.</summary>
    public static Decision Request(WriteOffRun run, WriteOffRunRequested wish, string? startedBy)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(wish);
        if (run.Requested is not null)
            return Decision.Nothing;
        if (Refusal.Unexplained(wish.Reason) is { } unexplained)
            return unexplained;
        if (wish.Items.Count is 0 or > MaxItems)
            return WriteOffRunRefusals.NothingToGiveUp;
        return startedBy is { } by ? Decision.Of(wish, new WriteOffRunStarted(by)) : Decision.Of(wish);
    }

    /// <summary>What these write-offs gave up of an invoice, by its story.</summary>
    public static Money WrittenOffBy(IReadOnlySet<Guid> writeOffs, IEnumerable<object> story, Currency currency) =>
        Money.Sum(
            story.OfType<WrittenOff>().Where(one => writeOffs.Contains(one.WriteOffId)).Select(one => one.Amount),
            currency);

    /// <summary>Whoever must has approved it.</summary>
    public static Decision Start(WriteOffRun run, Guid id, string by) => run switch
    {
        { Requested: null } => WriteOffRunRefusals.NotFound(id),
        { IsDropped: true } => WriteOffRunRefusals.Dropped,
        { IsStarted: true } => Decision.Nothing,
        _ => Decision.Of(new WriteOffRunStarted(by)),
    };

    /// <summary>It is not approved.</summary>
    public static Decision Drop(WriteOffRun run, Guid id, string reason) => run switch
    {
        { Requested: null } => WriteOffRunRefusals.NotFound(id),
        { IsStarted: true } => WriteOffRunRefusals.Started,
        { IsDropped: true } => Decision.Nothing,
        _ => Decision.Of(new WriteOffRunDropped(reason)),
    };

    /// <summary>
    /// Writes off all rests that a run has of one invoice, as the run found them. Of an invoice that was touched since
    /// all are left, as of one that a credit is to settle once it is approved; one that a payment on its way is to pay,
    /// or that with what was written off of it before is above what the policy allows by now, is left alone; each says
    /// why.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="rests">Its rests of the invoice, at least one.</param>
    /// <param name="invoice">The invoice as it is.</param>
    /// <param name="isTouched">Whether anything has happened to it that <see cref="Touches"/> it.</param>
    /// <param name="isCreditAwaited">Whether a credit of it waits for an approval.</param>
    /// <param name="awaited">Installments that pending payments are to pay.</param>
    /// <param name="limit">Of the policy, in the currency of the invoice.</param>
    /// <param name="context">When it is posted.</param>
    public static (IReadOnlyList<RestOutcome> Outcomes, IReadOnlyList<object> Events) GiveUp(
        Guid runId, IReadOnlyList<SmallRest> rests, Invoice invoice, bool isTouched, bool isCreditAwaited,
        IReadOnlySet<int> awaited, Money limit, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(rests);
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(awaited);
        var (outcomes, events) = (new List<RestOutcome>(rests.Count), new List<object>());
        foreach (var rest in rests)
        {
            var left = isTouched ? WriteOffRunRefusals.InvoiceTouched(rest)
                : isCreditAwaited ? WriteOffRunRefusals.CreditPending(rest)
                : Left(rest, invoice, awaited, limit);
            var decided = left is not null ? left : AdjustmentDecider.WriteOff(
                invoice, WriteOffOf(runId, rest), rest.Installment, rest.Rest, context);
            outcomes.Add(new RestOutcome(
                rest.InvoiceId, rest.Installment, decided.Refusal?.Code, decided.Refusal?.Detail));
            events.AddRange(decided.Events);
            invoice = decided.Events.Aggregate(invoice, Invoice.Evolve);
        }

        return (outcomes, events);
    }

    /// <summary>
    /// Whether an event is a reason to look at an invoice again. That the clock found its due date passed is none: who
    /// approves a run may take days.
    /// </summary>
    public static bool Touches(object e) => e is not InvoiceBecameOverdue;

    /// <summary>The write-off by which a run gives a rest up: always the same one.</summary>
    public static Guid WriteOffOf(Guid runId, SmallRest rest)
    {
        ArgumentNullException.ThrowIfNull(rest);
        return Ids.From("write-off-run", $"{runId:N}", $"{rest.InvoiceId:N}", $"{rest.Installment}");
    }

    /// <summary>
    /// When a run posts: on the day that a person chose, or today where that was closed meanwhile or nobody chose one.
    /// A chosen day was not after today when the run started, whatever the clock of this instance says.
    /// </summary>
    /// <param name="run">As it was asked for.</param>
    /// <param name="startedAt">When it started.</param>
    /// <param name="now">Of the legal entity, without a chosen day.</param>
    public static PostingContext Posting(WriteOffRunRequested run, DateTimeOffset startedAt, PostingContext now)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(now);
        return now with
        {
            Now = startedAt > now.Now ? startedAt : now.Now,
            Wanted = run.PostingDate is { } day && now.Calendar.Refuse(day, "/postingDate") is null ? day : null,
        };
    }

    /// <summary>Names exactly these rests: that of any others, or of other amounts, is another one.</summary>
    public static Guid Fingerprint(IEnumerable<SmallRest> rests)
    {
        ArgumentNullException.ThrowIfNull(rests);
        return Ids.From(
        [
            "small-rests",
            .. rests.Select(rest => FormattableString.Invariant(
                $"{rest.InvoiceId:N} {rest.Installment} {rest.Rest.Amount:F4} {rest.Rest.Currency.Code}")),
        ]);
    }

    /// <summary>Why a rest is left alone whatever its invoice says, or null.</summary>
    private static Refusal? Left(SmallRest rest, Invoice invoice, IReadOnlySet<int> awaited, Money limit)
    {
        if (awaited.Contains(rest.Installment))
            return WriteOffRunRefusals.PaymentPending(rest);
        var before = invoice.WrittenOff.GetValueOrDefault(rest.Installment, Money.Zero(limit.Currency));
        return rest.Rest + before > limit ? WriteOffRunRefusals.ExceedsLimit(rest, before, limit) : null;
    }
}
