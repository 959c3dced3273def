namespace OrderToCash.Faults.Load;

/// <summary>An invoice that somebody may pay.</summary>
internal sealed record Billed(Guid Id, string Number, Buyer Buyer, decimal Total);

/// <summary>A receipt that somebody may work on.</summary>
internal sealed record Received(Guid Id, Buyer Buyer);

/// <summary>An order, what was decided on it and how much of it has left.</summary>
internal sealed record Ordered(string OrderId, Buyer Buyer, decimal Amount, bool IsApproved, decimal Delivered = 0);

/// <summary>A credit memo that somebody may take off a payment.</summary>
internal sealed record Credited(string Number, Buyer Buyer, decimal Total);

/// <summary>A refund that is to be paid, or is.</summary>
internal sealed record Refunded(Guid Id, Buyer Buyer);

/// <summary>A dispute that is to be decided.</summary>
internal sealed record Disputed(Guid Id);

/// <summary>An invoice of which something was given up, that may be paid after all.</summary>
internal sealed record GivenUpOf(Guid InvoiceId);

/// <summary>A promise that may be taken back.</summary>
internal sealed record Promised(Guid Id);

/// <summary>A customer who is late with an invoice.</summary>
internal sealed record Late(Billed Invoice)
{
    public Buyer Customer => Invoice.Buyer;
}

/// <summary>What an agency has, and may be taken back.</summary>
internal sealed record Placed(Guid Id);

/// <summary>A hold that may be ended, and its last day.</summary>
internal sealed record Held(Guid Id, Buyer Customer, DateOnly? Until);

/// <summary>A payment plan that may be cancelled.</summary>
internal sealed record Planned(Guid Id);

/// <summary>A statement whose effects are held, and the receipts of its lines.</summary>
internal sealed record HeldFile(Guid Id, Buyer Buyer, IReadOnlyList<Guid> Receipts);

/// <summary>
/// What the clerks know of one another's work, the latest of it. Invoices and late payers are anybody's, so that two
/// may pay the same one; all others are with one clerk at a time, so that each knows what its request has left.
/// </summary>
internal sealed class Book
{
    private readonly Shelf<Billed> _invoices = new(600);
    private readonly Shelf<Received> _receipts = new(300);
    private readonly Shelf<Ordered> _orders = new(200);
    private readonly Shelf<Credited> _credits = new(100);
    private readonly Shelf<Refunded> _refunds = new(100);
    private readonly Shelf<Disputed> _disputes = new(100);
    private readonly Shelf<GivenUpOf> _givenUp = new(100);
    private readonly Shelf<Promised> _promises = new(100);
    private readonly Shelf<Late> _late = new(100);
    private readonly Shelf<Held> _holds = new(100);
    private readonly Shelf<Placed> _placements = new(100);
    private readonly Shelf<Planned> _plans = new(100);
    private readonly Shelf<HeldFile> _heldFiles = new(100);

    public void Add(Billed invoice) => _invoices.Put(invoice);

    public void Add(Received receipt) => _receipts.Put(receipt);

    public void Add(Ordered order) => _orders.Put(order);

    public void Add(Credited credit) => _credits.Put(credit);

    public void Add(Refunded refund) => _refunds.Put(refund);

    public void Add(Disputed dispute) => _disputes.Put(dispute);

    public void Add(GivenUpOf invoice) => _givenUp.Put(invoice);

    public void Add(Promised promise) => _promises.Put(promise);

    public void Add(Late payer) => _late.Put(payer);

    public void Add(Held hold) => _holds.Put(hold);

    public void Add(Placed placement) => _placements.Put(placement);

    public void Add(Planned plan) => _plans.Put(plan);

    public void Add(HeldFile file) => _heldFiles.Put(file);

    public Billed? AnyInvoice(Random random) => _invoices.Look(random);

    public Billed? AnyInvoiceOf(Buyer buyer, Random random)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            if (_invoices.Look(random) is { } invoice && invoice.Buyer == buyer)
                return invoice;
        }

        return null;
    }

    public Received? TakeReceipt(Random random) => _receipts.Take(random);

    public Ordered? TakeOrder(Random random) => _orders.Take(random);

    public Credited? TakeCredit(Random random) => _credits.Take(random);

    public Refunded? TakeRefund(Random random) => _refunds.Take(random);

    public Disputed? TakeDispute(Random random) => _disputes.Take(random);

    public GivenUpOf? TakeGivenUp(Random random) => _givenUp.Take(random);

    public Promised? TakePromise(Random random) => _promises.Take(random);

    public Late? AnyLatePayer(Random random) => _late.Look(random);

    public Held? TakeHold(Random random) => _holds.Take(random);

    public Placed? TakePlacement(Random random) => _placements.Take(random);

    public Planned? TakePlan(Random random) => _plans.Take(random);

    public HeldFile? TakeHeldFile(Random random) => _heldFiles.Take(random);

    private sealed class Shelf<T>(int size)
        where T : class
    {
        private readonly Lock _lock = new();
        private readonly List<T> _things = new(size);

        public void Put(T thing)
        {
            lock (_lock)
            {
                if (_things.Count < size)
                    _things.Add(thing);
                else
                    _things[(thing.GetHashCode() & int.MaxValue) % size] = thing;
            }
        }

        public T? Look(Random random)
        {
            lock (_lock)
                return _things.Count == 0 ? null : _things[random.Next(_things.Count)];
        }

        public T? Take(Random random)
        {
            lock (_lock)
            {
                if (_things.Count == 0)
                    return null;
                var index = random.Next(_things.Count);
                var thing = _things[index];
                _things[index] = _things[^1];
                _things.RemoveAt(_things.Count - 1);
                return thing;
            }
        }
    }
}
