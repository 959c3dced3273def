namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>
/// Where the money of a receipt is after the event that carries this:
/// amount = unapplied + pending + applied + reversed.
/// </summary>
/// <param name="CustomerId">Whose money it is; null while unidentified.</param>
/// <param name="Amount">What came in.</param>
/// <param name="Unapplied">Free to apply.</param>
/// <param name="Pending">Promised to items or being taken back from them; Invoicing has not answered yet.</param>
/// <param name="Applied">Confirmed by Invoicing.</param>
/// <param name="Reversed">Gone again: returned, charged back, recorded in error.</param>
/// <param name="Status"><c>unidentified</c>, <c>unapplied</c>, <c>partially-applied</c>, <c>applied</c> or <c>reversed</c>.</param>
public sealed record ReceiptBalance(
    Guid? CustomerId, MoneyAmount Amount, MoneyAmount Unapplied, MoneyAmount Pending, MoneyAmount Applied,
    MoneyAmount Reversed, string Status);
