namespace OrderToCash.Contracts.Collections.V1;

/// <summary>
/// A dunning notice that costs the customer something went out: Invoicing is asked for a debit memo, of at most what
/// the customer's contract allows. It is charged once for each notice, and answered with CollectionsRequestAnswered.
/// </summary>
/// <param name="RequestId">The request; always the same for a notice.</param>
/// <param name="NoticeId">The notice.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who got the notice.</param>
/// <param name="Amount">The fee that the notice names.</param>
/// <param name="Date">Day of the notice.</param>
/// <param name="Step">The playbook step, e.g. <c>second-notice</c>.</param>
/// <param name="RequestedBy">Subject of the person who posted the letter, or the service.</param>
public sealed record ReminderFeeRequested(
    Guid RequestId, Guid NoticeId, string LegalEntity, Guid CustomerId, MoneyAmount Amount, DateOnly Date, string Step,
    string RequestedBy);
