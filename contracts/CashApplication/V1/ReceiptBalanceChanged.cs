namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>
/// Money of a receipt moved by something other than being recorded, identified, allocated or reversed. Kinds may be
/// added: whoever keeps a balance takes it as it is, whatever the kind.
/// </summary>
/// <param name="ReceiptId">The receipt.</param>
/// <param name="LegalEntity">Whose bank account it reached.</param>
/// <param name="Kind"><c>put-on-account</c>, <c>taken-off-account</c>, <c>transferred</c>, <c>unidentified</c>,
/// <c>refund-reserved</c>, <c>refund-released</c>, <c>refunded</c>, <c>refund-returned</c>, <c>written-off</c>,
/// <c>write-off-reversed</c>, <c>partly-reversed</c>.</param>
/// <param name="Amount">How much moved.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record ReceiptBalanceChanged(
    Guid ReceiptId, string LegalEntity, string Kind, MoneyAmount Amount, ReceiptBalance Balance);
