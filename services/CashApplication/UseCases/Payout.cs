using OrderToCash.CashApplication.Payouts;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A payment file, the refunds in it and their receipts, which change together in one write.</summary>
internal sealed class Payout
{
    private readonly Guid _fileId;
    private readonly Loaded<PaymentFile> _file;
    private readonly PaymentFileCreated _created;
    private readonly PayingAccount _account;
    private readonly Dictionary<Guid, Loaded<Refund>> _refunds = [];
    private readonly Dictionary<Guid, Loaded<Receipt>> _receipts = [];

    private Payout(Guid fileId, Loaded<PaymentFile> file, PaymentFileCreated created) =>
        (_fileId, _file, _created, _account) =
        (fileId, file, created, new PayingAccount(created.Account.Code, created.Account.LedgerAccount));

    public PaymentFile File => _file.State;

    /// <summary>A new file, with what it pays.</summary>
    public static Task<Payout> NewAsync(
        EventStore store, Guid fileId, PaymentFileCreated created, CancellationToken cancellation) =>
        new Payout(fileId, new Loaded<PaymentFile>(PaymentFile.Initial, 0), created).LoadAsync(store, cancellation);

    /// <summary>A file that is there, with what it pays.</summary>
    public static async Task<Payout> OfAsync(EventStore store, Guid fileId, CancellationToken cancellation)
    {
        var file = await store.LoadAsync(PaymentFile.Type, fileId, cancellation);
        return await new Payout(fileId, file, file.State.Created!).LoadAsync(store, cancellation);
    }

    /// <summary>Creates it, to wait for its release.</summary>
    public Refusal? Create(WriteBatch batch) =>
        Append(batch, PaymentFile.Type, _fileId, _file, [Make]) ?? OnRefunds(batch, [Fill]);

    /// <summary>Creates it and releases it at once.</summary>
    public Refusal? CreateReleased(WriteBatch batch, string by, DateOnly today) =>
        Append(batch, PaymentFile.Type, _fileId, _file,
            [Make, file => PaymentFileDecider.Release(file, _fileId, by, today)])
        ?? OnRefunds(batch, [Fill, Pay(today)])
        ?? PayOut(batch, today);

    /// <summary>Releases it.</summary>
    public Refusal? Release(WriteBatch batch, string by, DateOnly today) =>
        Append(batch, PaymentFile.Type, _fileId, _file,
            [file => PaymentFileDecider.Release(file, _fileId, by, today)])
        ?? OnRefunds(batch, [Pay(today)])
        ?? PayOut(batch, today);

    /// <summary>Drops it; its refunds wait for another one.</summary>
    public Refusal? Drop(WriteBatch batch, string reason) =>
        Append(batch, PaymentFile.Type, _fileId, _file, [file => PaymentFileDecider.Drop(file, _fileId, reason)])
        ?? OnRefunds(batch, [(refund, id) => RefundDecider.TakeOutOfFile(refund, id, _fileId)]);

    private Decision Make(PaymentFile file) => PaymentFileDecider.Create(file, _created);

    private Decision Fill(Refund refund, Guid id) => RefundDecider.PutIntoFile(refund, id, _fileId);

    private Func<Refund, Guid, Decision> Pay(DateOnly today) =>
        (refund, id) => RefundDecider.Pay(refund, id, _fileId, _account, today);

    private Refusal? OnRefunds(WriteBatch batch, IReadOnlyList<Func<Refund, Guid, Decision>> steps) => _refunds
        .Select(refund => Append(
            batch, Refund.Type, refund.Key, refund.Value,
            steps.Select(step => (Func<Refund, Decision>)(state => step(state, refund.Key)))))
        .FirstOrDefault(refusal => refusal is not null);

    /// <summary>Refunds of receipts, on these; a credit memo's has its entry itself.</summary>
    private Refusal? PayOut(WriteBatch batch, DateOnly today) => _receipts
        .Select(receipt => Append(
            batch, ReceiptStream.Type, receipt.Key, receipt.Value,
            _created.Orders.Where(order => order.ReceiptId == receipt.Key)
                .Select(order => (Func<Receipt, Decision>)(state =>
                    ReceiptDecider.PayRefund(state, receipt.Key, order.RefundId, _account, today)))))
        .FirstOrDefault(refusal => refusal is not null);

    private static Refusal? Append<TState>(
        WriteBatch batch, StreamType<TState> type, Guid id, Loaded<TState> loaded,
        IEnumerable<Func<TState, Decision>> steps)
        where TState : class
    {
        var state = loaded.State;
        List<object> events = [];
        foreach (var step in steps)
        {
            var decided = step(state);
            if (decided.Refusal is { } refusal)
                return refusal;
            events.AddRange(decided.Events);
            state = decided.Events.Aggregate(state, type.Evolve);
        }

        batch.Append(type, id, loaded.Version, events);
        return null;
    }

    private async Task<Payout> LoadAsync(EventStore store, CancellationToken cancellation)
    {
        foreach (var order in _created.Orders)
        {
            _refunds[order.RefundId] = await store.LoadAsync(Refund.Type, order.RefundId, cancellation);
            if (order.ReceiptId is { } receiptId)
                _receipts[receiptId] = await store.LoadAsync(ReceiptStream.Type, receiptId, cancellation);
        }

        return this;
    }
}
