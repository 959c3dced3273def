namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>How an item was named.</summary>
internal enum Naming
{
    /// <summary>By its number, or its number but for zeros and marks.</summary>
    Number,

    /// <summary>By the order it bills.</summary>
    Order,

    /// <summary>By the last part of its number alone.</summary>
    Serial,

    /// <summary>By its number but for a slip.</summary>
    Nearly,
}

/// <summary>Items that the payer names, open and paid.</summary>
internal sealed class NamedItems
{
    private readonly PaymentReading _reading;
    private readonly Lazy<ILookup<int, string>> _slips;
    private readonly HashSet<(Guid, int)> _all;

    /// <param name="reading">What the payer says.</param>
    /// <param name="facts">Who may be named.</param>
    /// <param name="claims">What earlier payments have taken.</param>
    /// <param name="misnamed">Whose number it has by a slip, so that it is not meant (<see cref="Misnamed"/>).</param>
    public NamedItems(
        PaymentReading reading, MatchFacts facts, Claims claims, Candidate? misnamed = null)
    {
        NotMeant = misnamed;
        _reading = reading;
        var keys = reading.KeysBy(facts);
        var byNumber = keys.SelectMany(facts.Named)
            .GroupBy(named => ReferenceKeys.Loose(named.Item.InvoiceNumber))
            .SelectMany(same => same.Any(named => named.IsExact) ? same.Where(named => named.IsExact) : same)
            .Select(named => named.Item)
            .Where(item => item.InvoiceId != misnamed?.InvoiceId);
        var numbered = byNumber.Distinct().ToList();
        var byOrder = numbered.Count > 0 ? [] : keys.SelectMany(facts.OfOrder).Distinct();
        All = [.. numbered.Concat(byOrder).Select(claims.Now).OrderBy(item => item.DueDate)
            .ThenBy(item => item.InvoiceNumber, StringComparer.Ordinal).ThenBy(item => item.Installment)
            .ThenBy(item => item.InvoiceId)];
        Credits =
        [
            .. keys.SelectMany(facts.CreditsNamed).DistinctBy(credit => credit.CreditMemoId).Select(claims.Now)
                .Where(credit => credit.Available.IsPositive),
        ];
        Naming = numbered.Count > 0 ? Naming.Number : Naming.Order;
        Open = [.. All.Where(item => item.Available.IsPositive)];

        _all = [.. All.Select(item => item.Id)];

        // Neighbouring numbers differ by one digit: what is the number of one item is no slip of another's.
        _slips = new(() => ReferenceKeys.PossibleSlips(
            keys.Except(All.Select(item => ReferenceKeys.Compact(item.InvoiceNumber)))));
        IsAmbiguous = Open.GroupBy(item => ReferenceKeys.Loose(item.InvoiceNumber))
            .Any(same => same.Select(item => item.InvoiceId).Distinct().Skip(1).Any());
    }

    /// <summary>Named by number, or by order where no number is named.</summary>
    public IReadOnlyList<Candidate> All { get; }

    /// <summary>Somebody else's item that has the number which was written by a slip; or null.</summary>
    public Candidate? NotMeant { get; }

    /// <summary>Those of which something is open.</summary>
    public IReadOnlyList<Candidate> Open { get; }

    /// <summary>Open credit memos that are named.</summary>
    public IReadOnlyList<OpenCredit> Credits { get; }

    /// <summary>By what they are named.</summary>
    public Naming Naming { get; }

    /// <summary>Several invoices have nearly the number that is named.</summary>
    public bool IsAmbiguous { get; }

    /// <summary>Who owes the items.</summary>
    public IReadOnlyList<Guid> Debtors => [.. All.Select(item => item.CustomerId).Distinct()];

    /// <summary>
    /// Those of a payer's items that are named less plainly: by the end of their number, or with a slip.
    /// </summary>
    public IReadOnlyList<Candidate> Hinted(IEnumerable<Candidate> items) =>
        _reading.Payment.Remittance.Count == 0
            ? []
            : [.. items.Where(item => !_all.Contains(item.Id) && IsHinted(item))];

    /// <summary>True where the text has the end of its number, or its number with a slip.</summary>
    public bool IsHinted(Candidate item) => HasItsEnd(item) || ReferenceKeys.IsNearly(item.InvoiceNumber, _slips.Value);

    /// <summary>How much of the number of one that is hinted is written right: 1 where it is its end.</summary>
    public decimal ScoreOf(Candidate item) =>
        HasItsEnd(item) ? 1m : ReferenceKeys.Score(item.InvoiceNumber, slips: 1);

    /// <summary>True where the text has its number with two slips.</summary>
    public bool HasTwoSlips(Candidate item) => ReferenceKeys.IsTwoSlips(item.InvoiceNumber, _slips.Value);

    /// <summary>True where the text has its number with two slips, and both are in its serial number.</summary>
    public bool HasTwoSlipsInSerial(Candidate item) =>
        ReferenceKeys.IsTwoSlipsOfSerial(item.InvoiceNumber, _slips.Value);

    /// <summary>True where the text has a number that is two slips from its own at most, a neighbour too.</summary>
    public bool IsWithinTwoSlips(Candidate item) => ReferenceKeys.IsWithinTwoSlips(item.InvoiceNumber, _slips.Value);

    private bool HasItsEnd(Candidate item) =>
        ReferenceKeys.Serial(item.InvoiceNumber) is { Length: >= 3 } serial && _reading.Serials.Contains(serial);
}
