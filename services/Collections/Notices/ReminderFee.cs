using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Notices;

/// <summary>Invoicing has charged the fee of a notice.</summary>
/// <param name="NoticeId">The notice.</param>
/// <param name="DocumentId">The debit memo.</param>
/// <param name="DocumentNumber">Its number.</param>
public sealed record ReminderFeeCharged(Guid NoticeId, Guid DocumentId, string DocumentNumber);

/// <summary>Invoicing has not charged the fee of a notice.</summary>
/// <param name="NoticeId">The notice.</param>
/// <param name="Code">Why.</param>
/// <param name="Detail">In words.</param>
public sealed record ReminderFeeRefused(Guid NoticeId, string Code, string Detail);

/// <summary>
/// What became of the fee of a notice. It has a stream of its own, so that an answer never comes in between a notice
/// that is being sent and its outcome.
/// </summary>
public sealed record ReminderFee
{
    public static readonly ReminderFee Initial = new();

    /// <summary>Invoicing has answered.</summary>
    public bool IsAnswered { get; init; }

    public static ReminderFee Evolve(ReminderFee fee, object e) => e switch
    {
        ReminderFeeCharged or ReminderFeeRefused => fee with { IsAnswered = true },
        _ => fee,
    };
}

public static class ReminderFeeStream
{
    public static readonly StreamType<ReminderFee> Type =
        new("reminder_fee", ReminderFee.Initial, ReminderFee.Evolve);

    public static Guid Id(Guid noticeId) => Ids.From("reminder-fee", noticeId.ToString("D"));

    /// <summary>The one request there is for a notice: it is charged once, however often the notice goes out.</summary>
    public static Guid RequestId(Guid noticeId) => Ids.From("reminder-fee-request", noticeId.ToString("D"));
}

/// <summary>What may become of the fee of a notice.</summary>
public static class ReminderFeeDecider
{
    /// <summary>Notes what Invoicing has answered; once.</summary>
    public static Decision Answer(ReminderFee fee, object answer)
    {
        ArgumentNullException.ThrowIfNull(fee);
        return fee.IsAnswered ? Decision.Nothing : Decision.Of(answer);
    }
}
