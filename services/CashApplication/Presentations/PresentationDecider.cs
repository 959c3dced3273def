using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Presentations;

/// <summary>What Collections has asked for, and what may come of it just now.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who is to pay.</param>
/// <param name="State">Code of the overdue state that asked.</param>
/// <param name="Attempt">Which try of that state it is, from 1.</param>
/// <param name="Asked">Version of Collections' stream at which it asked.</param>
/// <param name="Standing">A code of <see cref="PresentationStanding"/>.</param>
/// <param name="Detail">What is told beside it, or null.</param>
/// <param name="Payable">What may be presented; zero or less where nothing is due.</param>
public sealed record AskedPresentation(
    string LegalEntity, Guid CustomerId, string State, int Attempt, long Asked, string Standing, string? Detail,
    Money Payable);

/// <summary>The rules of presenting a payment again: once for each asking, and one at a time.</summary>
public static class PresentationDecider
{
    /// <summary>Presents it.</summary>
    /// <param name="presentation">What was done before.</param>
    /// <param name="asked">How it stands with this means of payment.</param>
    /// <param name="method"><c>ach</c> or <c>card</c>.</param>
    /// <param name="instrument">The payer's account or the card's token.</param>
    /// <param name="amount">Null for all that is to be paid.</param>
    /// <param name="pendingPaymentId">The money on its way that it becomes.</param>
    /// <param name="today">Where the legal entity is.</param>
    public static Decision Take(
        Presentation presentation, AskedPresentation asked, string method, string instrument, Money? amount,
        Guid pendingPaymentId, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(presentation);
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(instrument);
        if (method is not ("ach" or "card"))
            return PresentationRefusals.BadMethod;
        if (method == "card" && IsCardNumber(instrument))
            return PresentationRefusals.CardNumber;
        if (presentation.Answered >= asked.Asked && asked.Standing == PresentationStanding.Due)
            return PresentationRefusals.NotDue(PresentationStanding.UnderWay, null);
        if (asked.Standing != PresentationStanding.Due)
            return PresentationRefusals.NotDue(asked.Standing, asked.Detail);
        var presented = amount ?? asked.Payable;
        if (presented.Currency != asked.Payable.Currency || !presented.IsPositive || presented > asked.Payable)
            return PresentationRefusals.MoreThanDue(asked.Payable);
        return Decision.Of(new PresentationTaken(
            asked.LegalEntity, asked.CustomerId, asked.State, asked.Attempt, asked.Asked, method, instrument, presented,
            pendingPaymentId, today));
    }

    /// <summary>It is not presented; nothing where that was said before.</summary>
    public static Decision Refuse(Presentation presentation, AskedPresentation asked, string? reason)
    {
        ArgumentNullException.ThrowIfNull(presentation);
        ArgumentNullException.ThrowIfNull(asked);
        if (Refusal.Unexplained(reason) is { } unexplained)
            return unexplained;
        if (asked.Standing == PresentationStanding.Refused)
            return Decision.Nothing;
        return presentation.Answered >= asked.Asked
            ? PresentationRefusals.NotDue(asked.Standing, asked.Detail)
            : Decision.Of(new PresentationRefused(
                asked.LegalEntity, asked.CustomerId, asked.State, asked.Attempt, asked.Asked, reason!));
    }

    /// <summary>
    /// What was presented last was declined: no money comes of it. Declined for good, it is not presented again. What
    /// its processor has said by itself meanwhile is no contradiction; money that came is.
    /// </summary>
    public static Decision Decline(Presentation presentation, PendingPayment pending, string? reason, bool isFinal)
    {
        ArgumentNullException.ThrowIfNull(presentation);
        ArgumentNullException.ThrowIfNull(pending);
        if (presentation.Last is not { } last)
            return PresentationRefusals.NothingPresented;
        if (Refusal.Unexplained(reason) is { } unexplained)
            return unexplained;
        if (presentation.Declined is { } before && (before.IsFinal || !isFinal))
            return Decision.Nothing;
        return pending.Ended is { Outcome: not (PendingOutcomes.Failed or PendingOutcomes.Expired) } ended
            ? PendingPaymentRefusals.Ended(ended.Outcome)
            : Decision.Of(new PresentationDeclined(last.PendingPaymentId, last.Instrument, reason!, isFinal));
    }

    /// <summary>13 to 19 digits whose check digit is right (ISO/IEC 7812).</summary>
    private static bool IsCardNumber(string instrument)
    {
        var digits = instrument.Where(char.IsAsciiDigit).Select(digit => digit - '0').Reverse().ToArray();
        return digits.Length is >= 13 and <= 19 && instrument.All(one => char.IsAsciiDigit(one) || one is ' ' or '-')
            && digits.Select((digit, at) => at % 2 == 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2)
                .Sum() % 10 == 0;
    }
}
