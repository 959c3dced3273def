namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>
/// Money is on its way, or may be: a card payment is authorized, a debit initiated, a check deposited, a bank shows
/// what it has not booked, or a processor has not answered. It is no receipt, lowers no balance and no exposure; until
/// it ends nobody should be dunned for what it is to pay.
/// </summary>
/// <param name="PendingPaymentId">The payment.</param>
/// <param name="LegalEntity">Whom it is to reach.</param>
/// <param name="Method"><c>wire</c>, <c>ach</c>, <c>card</c>, <c>check</c>, <c>cash</c> or <c>lockbox</c>.</param>
/// <param name="Stage"><c>authorized</c>, <c>initiated</c>, <c>deposited</c>, <c>announced</c> or <c>unknown</c>.
/// </param>
/// <param name="CustomerId">Whose money it will be, or null.</param>
/// <param name="Amount">How much.</param>
/// <param name="ExpectedOn">The day on which the bank should have it.</param>
/// <param name="ExpiresOn">The last day on which it is waited for, in the entity's calendar.</param>
/// <param name="Items">What it is expected to pay; together no more than it.</param>
public sealed record PendingPaymentRecorded(
    Guid PendingPaymentId, string LegalEntity, string Method, string Stage, Guid? CustomerId, MoneyAmount Amount,
    DateOnly ExpectedOn, DateOnly ExpiresOn, IReadOnlyList<PendingPaymentItem> Items);
