namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>
/// Where the money of a receipt is after the event that carries this:
/// amount = unapplied + pending + applied + refunded + written off + reversed.
/// </summary>
/// <param name="CustomerId">Whose money it is; null while unidentified.</param>
/// <param name="Amount">What came in.</param>
/// <param name="Unapplied">Not applied: free to apply, or kept on account.</param>
/// <param name="Pending">Promised to items or to a refund, or being taken back from items; not answered yet.</param>
/// <param name="Applied">Confirmed by Invoicing.</param>
/// <param name="Reversed">Gone again: returned, charged back, recorded in error.</param>
/// <param name="Status"><c>unidentified</c>, <c>unapplied</c>, <c>on-account</c>, <c>partially-applied</c>,
/// <c>applied</c>, <c>refunded</c>, <c>written-off</c> or <c>reversed</c>.</param>
/// <param name="Refunded">Paid back to the customer; null for nothing.</param>
/// <param name="WrittenOff">Small rest that was written off; null for nothing.</param>
/// <param name="OnAccount">How much of what is unapplied is kept on account on purpose; null for nothing.</param>
/// <param name="Shares">Whose the unapplied money is where it is several customers'; they sum to it. Null where all of
/// it is <paramref name="CustomerId"/>'s.</param>
public sealed record ReceiptBalance(
    Guid? CustomerId, MoneyAmount Amount, MoneyAmount Unapplied, MoneyAmount Pending, MoneyAmount Applied,
    MoneyAmount Reversed, string Status, MoneyAmount? Refunded = null, MoneyAmount? WrittenOff = null,
    MoneyAmount? OnAccount = null, IReadOnlyList<CustomerShare>? Shares = null);

/// <summary>Unapplied money of one of several customers.</summary>
/// <param name="CustomerId">Whose it is.</param>
/// <param name="Unapplied">How much of what is unapplied.</param>
public sealed record CustomerShare(Guid CustomerId, MoneyAmount Unapplied);
