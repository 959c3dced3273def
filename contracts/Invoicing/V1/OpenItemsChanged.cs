namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// Open items changed by something other than being issued, paid or voided. Kinds may be added: whoever keeps a replica
/// takes the items as they are, whatever the kind.
/// </summary>
/// <param name="InvoiceId">The invoice or debit memo.</param>
/// <param name="Kind"><c>credit-applied</c>, <c>credit-unapplied</c>, <c>written-off</c>, <c>write-off-recovered</c>,
/// <c>charge-waived</c>, <c>charge-reinstated</c>, <c>deposit-applied</c>, <c>deposit-unapplied</c>,
/// <c>rescheduled</c>, <c>dispute-marked</c>, <c>charged-back</c>, <c>chargeback-reversed</c>.</param>
/// <param name="Amount">What was settled, given up, opened again or is disputed; the balance if a date moved.</param>
/// <param name="PostingDate">Accounting date of the change.</param>
/// <param name="Reason">Why, in words; empty where nobody gave one.</param>
/// <param name="SourceId">The application, write-off, recovery or chargeback; null for the others.</param>
/// <param name="Items">The installments that changed, as they are after it.</param>
public sealed record OpenItemsChanged(
    Guid InvoiceId, string Kind, MoneyAmount Amount, DateOnly PostingDate, string Reason, Guid? SourceId,
    IReadOnlyList<OpenItem> Items);
