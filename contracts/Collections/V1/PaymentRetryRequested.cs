namespace OrderToCash.Contracts.Collections.V1;

/// <summary>
/// The state that a customer's arrears put it in asks for payment to be tried again, where a means of payment is on
/// file.
/// </summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="State">Code of the state.</param>
/// <param name="Attempt">From 1, within the state.</param>
/// <param name="Balances">What is past due, per currency.</param>
public sealed record PaymentRetryRequested(
    Guid CustomerId, string LegalEntity, string State, int Attempt, IReadOnlyList<MoneyAmount> Balances);
