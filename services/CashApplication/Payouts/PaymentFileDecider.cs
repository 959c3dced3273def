using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Payouts;

/// <summary>The rules of payment files.</summary>
public static class PaymentFileDecider
{
    /// <summary>More payments are for another file.</summary>
    public const int MaxOrders = 1_000;

    /// <summary>Puts payments together.</summary>
    public static Decision Create(PaymentFile file, PaymentFileCreated created)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(created);
        if (file.Created is not null)
            return Decision.Nothing;
        if (created.Orders.Count is 0 or > MaxOrders)
            return PaymentFileRefusals.NothingToPay(MaxOrders);
        return created.Account.Iban is null && created.Account.BankCode is null
            ? PaymentFileRefusals.BankUnknown(created.Account.Code)
            : Decision.Of(created);
    }

    /// <summary>Lets it go to the bank.</summary>
    public static Decision Release(PaymentFile file, Guid id, string by, DateOnly postingDate) =>
        End(file, id, PaymentFileStatus.Released, new PaymentFileReleased(by, postingDate));

    /// <summary>Keeps it from the bank.</summary>
    public static Decision Drop(PaymentFile file, Guid id, string reason) =>
        End(file, id, PaymentFileStatus.Dropped, new PaymentFileDropped(reason));

    private static Decision End(PaymentFile file, Guid id, PaymentFileStatus to, object fact)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file switch
        {
            { Created: null } => PaymentFileRefusals.NotFound(id),
            _ when file.Status == to => Decision.Nothing,
            { Status: not PaymentFileStatus.Waiting } => PaymentFileRefusals.NotWaiting,
            _ => Decision.Of(fact),
        };
    }
}
