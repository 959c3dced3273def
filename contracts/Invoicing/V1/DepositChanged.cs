namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// An invoice was netted with part of a deposit, or gave it back. The deposit itself is an open item of kind
/// <c>deposit</c>: what is owed and paid on it is told as for every other one.
/// </summary>
/// <param name="DepositId">The deposit.</param>
/// <param name="Kind"><c>used</c> or <c>released</c>.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Amount">What was taken or given back, tax included.</param>
/// <param name="Unused">What no invoice has taken of the deposit then, paid or not.</param>
public sealed record DepositChanged(
    Guid DepositId, string Kind, Guid InvoiceId, MoneyAmount Amount, MoneyAmount Unused);
