using OrderToCash.Collections.Dunning;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Notices;

/// <summary>
/// The notice that was just written names a fee. It is an event of its own, not a part of the notice: an instance of a
/// version without fees decides nothing about such a notice, and so sends none whose fee is then forgotten.
/// </summary>
/// <param name="Fee">What the notice costs the customer, on top of what it asks for.</param>
/// <param name="Items">What has come to the step and was not charged for it before; null of earlier versions, which
/// named a fee only where nothing was.</param>
public sealed record ReminderFeeNamed(Money Fee, IReadOnlyList<ChargedItem>? Items = null)
{
    /// <summary>Of what is planned at a fee.</summary>
    public static ReminderFeeNamed Of(PlannedNotice plan, Money fee)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var step = plan.Step.Code;
        return new(fee,
        [
            .. ChargedItem.At(plan.Items, step).Where(item =>
                plan.Customer.Charged?.Contains(new ChargedStep(item.InvoiceId, item.Installment, step)) != true),
        ]);
    }
}

/// <summary>
/// A notice that names a fee went out: Invoicing is asked for a debit memo. Never for one that did not.
/// </summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who got the notice.</param>
/// <param name="Fee">What the notice says it costs.</param>
/// <param name="Date">Day of the notice.</param>
/// <param name="Step">Code of the playbook step that costs it.</param>
/// <param name="Items">What had come to that step and was not charged for it before. For none of them does the step
/// cost anything again.</param>
public sealed record ReminderFeeAsked(
    string LegalEntity, Guid CustomerId, Money Fee, DateOnly Date, string Step, IReadOnlyList<ChargedItem> Items)
{
    /// <summary>Of a notice: what is listed beside the leading invoice, or is a charge itself, led to no fee.</summary>
    public static ReminderFeeAsked Of(
        NoticeContent content, Money fee, IReadOnlyList<ChargedItem>? items = null)
    {
        ArgumentNullException.ThrowIfNull(content);
        return new(
            content.LegalEntity, content.CustomerId, fee, content.Date, content.Step,
            items ?? [.. ChargedItem.At(content.Items, content.Step)]);
    }
}

/// <summary>An item whose step was charged.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
public sealed record ChargedItem(Guid InvoiceId, int Installment)
{
    /// <summary>
    /// The invoices of a notice that have come to a step: what is listed beside the leading one is not at it.
    /// </summary>
    internal static IEnumerable<ChargedItem> At(IEnumerable<NoticeItem> items, string step) => items
        .Where(item => item is { Listed: false, Kind: null } && item.Step == step)
        .Select(item => new ChargedItem(item.InvoiceId, item.Installment));
}

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
