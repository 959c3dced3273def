namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>It became known whose money a receipt is.</summary>
/// <param name="ReceiptId">The receipt.</param>
/// <param name="LegalEntity">Whose bank account it reached.</param>
/// <param name="CustomerId">Whose money it is.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record ReceiptIdentified(Guid ReceiptId, string LegalEntity, Guid CustomerId, ReceiptBalance Balance);
