using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.PendingPayments;

/// <summary>
/// The rules of pending payments: told once, ended once, by its money, by word that none comes, or by time. What comes
/// after it failed or expired is a receipt like any other, and changes nothing of its end.
/// </summary>
public static class PendingPaymentDecider
{
    /// <summary>Days that it is waited for beyond the day it is expected on, where nobody says how many.</summary>
    public const int DaysOfGrace = 10;

    /// <summary>Days that it may be waited for at most: all the while nobody is dunned for what it is to pay.</summary>
    public const int MostDays = 60;

    /// <summary>Takes in that money is on its way.</summary>
    public static Decision Record(PendingPayment pending, PendingPaymentRecorded told)
    {
        ArgumentNullException.ThrowIfNull(pending);
        ArgumentNullException.ThrowIfNull(told);
        if (pending.Recorded is { } known)
        {
            return known.Amount == told.Amount
                ? Decision.Nothing
                : PendingPaymentRefusals.ReferenceUsed(told.ProcessorReference!);
        }

        if (!told.Amount.IsPositive)
            return ReceiptRefusals.AmountNotPositive();
        if (!ReceiptDecider.Methods.Contains(told.Method))
            return ReceiptRefusals.UnknownMethod(told.Method);
        if (told.Source is null && !PendingStages.OfCallers.Contains(told.Stage))
            return PendingPaymentRefusals.UnknownStage;
        return told.ExpiresOn < told.ExpectedOn || told.ExpiresOn < told.Since
            || told.ExpiresOn.DayNumber - told.Since.DayNumber > MostDays
            ? PendingPaymentRefusals.BadExpiry(MostDays)
            : Decision.Of(told);
    }

    /// <summary>Its money is there. A processor may take less than was pending; the rest does not come.</summary>
    public static Decision Settle(PendingPayment pending, Guid id, Guid receiptId, Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(pending);
        ArgumentNullException.ThrowIfNull(receipt);
        if (pending.Recorded is not { } told)
            return PendingPaymentRefusals.NotFound(id);
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(receiptId);
        if (pending.Ended is { } ended)
        {
            return ended.ReceiptId == receiptId
                ? Decision.Nothing
                : PendingPaymentRefusals.Ended(ended.Outcome);
        }

        return receipt.LegalEntity != told.LegalEntity || receipt.Balance.Amount.Currency != told.Amount.Currency
            || receipt.Balance.IsReversed || IsAnothers(receipt.Balance.CustomerId, told.CustomerId)
            ? PendingPaymentRefusals.OtherReceipt
            : Decision.Of(End(told, PendingOutcomes.Settled) with { ReceiptId = receiptId });
    }

    /// <summary>No money comes.</summary>
    public static Decision Fail(PendingPayment pending, Guid id, string? reason)
    {
        ArgumentNullException.ThrowIfNull(pending);
        return pending switch
        {
            { Recorded: null } => PendingPaymentRefusals.NotFound(id),
            _ when Refusal.Unexplained(reason) is { } unexplained => unexplained,
            { Ended.Outcome: PendingOutcomes.Failed } => Decision.Nothing,
            { Ended: { } ended } => PendingPaymentRefusals.Ended(ended.Outcome),
            { Recorded: { } told } => Decision.Of(End(told, PendingOutcomes.Failed) with { Reason = reason }),
        };
    }

    /// <summary>
    /// What the processor says of a payment that nobody knew of, that was authorized or that is under way; nothing
    /// where it has ended, or was answered before.
    /// </summary>
    public static Decision Answer(PendingPayment pending, ProcessorAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(pending);
        ArgumentNullException.ThrowIfNull(answer);
        if (pending is not { Recorded: { } told, Ended: null, IsAnswered: false }
            || !PendingStages.OfProcessors.Contains(told.Stage))
            return Decision.Nothing;
        var reason = $"The processor says: {answer.Reason ?? "failed"}";
        return answer.State switch
        {
            ProcessorState.Succeeded =>
                Decision.Of(new PendingPaymentAnswered(told.LegalEntity, PendingStages.Initiated)),
            ProcessorState.Failed => Decision.Of(End(told, PendingOutcomes.Failed) with
            {
                Reason = reason.Length > Refusal.MaxReason ? reason[..Refusal.MaxReason] : reason,
            }),
            _ => Decision.Nothing,
        };
    }

    /// <summary>A caller has told of the same money; nothing where it has ended.</summary>
    public static Decision Replace(PendingPayment pending)
    {
        ArgumentNullException.ThrowIfNull(pending);
        return pending is { Recorded: { } told, Ended: null }
            ? Decision.Of(End(told, PendingOutcomes.Replaced))
            : Decision.Nothing;
    }

    /// <summary>Its last day is past: it is waited for no longer. Nothing where it has ended, or has time.</summary>
    /// <param name="today">Where the legal entity is.</param>
    public static Decision Expire(PendingPayment pending, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(pending);
        return pending is { Recorded: { } told, Ended: null } && told.ExpiresOn < today
            ? Decision.Of(End(told, PendingOutcomes.Expired))
            : Decision.Nothing;
    }

    /// <summary>What a caller told of the money, for the receipt that a statement has made of it.</summary>
    public static Announcement AnnouncementOf(PendingPaymentRecorded told)
    {
        ArgumentNullException.ThrowIfNull(told);
        return new Announcement(
            told.ProcessorReference, told.Payer, told.Remittance, told.CheckNumber,
            told.IdentifiedBy == "caller" ? told.CustomerId : null);
    }

    private static bool IsAnothers(Guid? owner, Guid? expected) =>
        owner is not null && expected is not null && owner != expected;

    private static PendingPaymentEnded End(PendingPaymentRecorded told, string outcome) =>
        new(told.LegalEntity, outcome, told.CustomerId, told.Amount, told.Items);
}
