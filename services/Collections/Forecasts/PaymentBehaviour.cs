namespace OrderToCash.Collections.Forecasts;

/// <summary>A part of an item whose fate is known up to a day: paid on it, or still open on it.</summary>
/// <param name="CustomerId">Whose item.</param>
/// <param name="Segment">The customer's segment, or null.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Amount">How much, in major units.</param>
/// <param name="DueDate">When it was due by its terms.</param>
/// <param name="Entered">Day of the invoice, in days from the due date; negative before it.</param>
/// <param name="Left">Day on which it was paid or, open, was last looked at, in days from the due date.</param>
/// <param name="Paid">True when it was paid on that day.</param>
public sealed record PaymentObservation(
    Guid CustomerId, string? Segment, string Currency, decimal Amount, DateOnly DueDate, int Entered, int Left,
    bool Paid);

/// <summary>How a customer pays.</summary>
/// <param name="Items">Payments and open items known of it.</param>
/// <param name="AverageDays">Amount-weighted days from the due date over what it has paid; null before that.</param>
/// <param name="Curve">When its money comes.</param>
public sealed record CustomerBehaviour(int Items, decimal? AverageDays, PaymentCurve Curve);

/// <summary>
/// How the customers of a legal entity pay, learned from what they paid and, as important, from what they have not paid
/// yet: open items count as open up to today (Kaplan and Meier, Nonparametric Estimation from Incomplete Observations,
/// JASA 53, 1958), so that slow payers do not look fast while their money has not come. Amounts weigh, each currency by
/// itself. A customer's curve is drawn towards its segment's, the segment's towards the legal entity's, and that
/// towards a rule of thumb, each as if seen on a number of items (<see cref="PaymentTally.Hazards"/>): who has paid
/// three invoices is judged mostly by its kind, who has paid three hundred by itself. Weekdays count through one factor
/// each: payments seen over payments expected on that day of the week.
/// </summary>
public sealed class PaymentBehaviour
{
    private const decimal EntityStrength = 20;
    private const decimal SegmentStrength = 40;
    private const decimal CustomerStrength = 6;
    private const decimal WeekdayStrength = 20;

    private readonly Dictionary<string, PaymentCurve> _segments;
    private readonly Dictionary<Guid, CustomerBehaviour> _customers;
    private readonly PaymentCurve _entity;
    private readonly decimal[] _weekdays;

    private PaymentBehaviour(
        PaymentCurve entity, Dictionary<string, PaymentCurve> segments, Dictionary<Guid, CustomerBehaviour> customers,
        decimal[] weekdays, decimal averageDays, AgeRates byAge) =>
        (_entity, _segments, _customers, _weekdays, AverageDays, ByAge) =
            (entity, segments, customers, weekdays, averageDays, byAge);

    /// <summary>Amount-weighted days from the due date over all that was paid; 0 before that.</summary>
    public decimal AverageDays { get; }

    /// <summary>How much comes at which age, whoever owes it.</summary>
    public AgeRates ByAge { get; }

    /// <summary>
    /// Learns from observations. Those of one item add up to it: what was paid, part by part, and the rest.
    /// </summary>
    public static PaymentBehaviour Learn(IReadOnlyList<PaymentObservation> observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        var entity = new PaymentCurve(Tally(observations).Hazards(RuleOfThumb, EntityStrength));
        var segments = observations.Where(seen => seen.Segment is not null).GroupBy(seen => seen.Segment!)
            .ToDictionary(
                group => group.Key,
                group => new PaymentCurve(Tally([.. group]).Hazards(entity.HazardAt, SegmentStrength)),
                StringComparer.Ordinal);
        var customers = observations.GroupBy(seen => seen.CustomerId).ToDictionary(
            group => group.Key,
            group => OfCustomer([.. group], Kind(segments, entity, group.First().Segment)));
        return new PaymentBehaviour(
            entity, segments, customers, Weekdays(observations, entity), Average(observations) ?? 0,
            AgeRates.Learn(observations));
    }

    /// <summary>How those of a segment pay, and under the empty name all customers.</summary>
    public IEnumerable<KeyValuePair<string, PaymentCurve>> Kinds => _segments.Prepend(new("", _entity));

    /// <summary>How each customer pays of whom something is known.</summary>
    public IReadOnlyDictionary<Guid, CustomerBehaviour> Customers => _customers;

    /// <summary>How a customer pays, from what it has paid and how its kind does.</summary>
    /// <param name="own">What is known of it.</param>
    /// <param name="kind">How its segment or its legal entity pays; null before that was learned.</param>
    public static CustomerBehaviour Of(IReadOnlyList<PaymentObservation> own, PaymentCurve? kind)
    {
        ArgumentNullException.ThrowIfNull(own);
        return OfCustomer(own, kind ?? new PaymentCurve(new PaymentTally().Hazards(RuleOfThumb, EntityStrength)));
    }

    /// <summary>How a customer pays; one that nothing is known of pays like its kind.</summary>
    public CustomerBehaviour Of(Guid customerId, string? segment) =>
        _customers.TryGetValue(customerId, out var known)
            ? known
            : new CustomerBehaviour(0, null, Kind(_segments, _entity, segment));

    /// <summary>How much likelier than on average money comes on this day of the week.</summary>
    public decimal Factor(DayOfWeek day) => _weekdays[(int)day];

    private static PaymentCurve Kind(
        Dictionary<string, PaymentCurve> segments, PaymentCurve entity, string? segment) =>
        segment is not null && segments.TryGetValue(segment, out var curve) ? curve : entity;

    private static CustomerBehaviour OfCustomer(IReadOnlyList<PaymentObservation> seen, PaymentCurve kind) => new(
        seen.Count, Average(seen), new PaymentCurve(Tally(seen).Hazards(kind.HazardAt, CustomerStrength)));

    /// <summary>Each amount over the average one in its currency.</summary>
    private static PaymentTally Tally(IReadOnlyList<PaymentObservation> observations)
    {
        var averages = observations.GroupBy(seen => seen.Currency)
            .ToDictionary(group => group.Key, group => group.Average(seen => seen.Amount), StringComparer.Ordinal);
        var tally = new PaymentTally();
        foreach (var seen in observations.Where(seen => seen.Amount > 0))
            tally.Add(seen, seen.Amount / averages[seen.Currency]);
        return tally;
    }

    private static decimal? Average(IReadOnlyList<PaymentObservation> observations)
    {
        var (sum, weight) = (0m, 0m);
        foreach (var currency in observations.Where(seen => seen is { Paid: true, Amount: > 0 })
            .GroupBy(seen => seen.Currency))
        {
            var total = currency.Sum(seen => seen.Amount);
            sum += currency.Sum(seen => seen.Amount * seen.Left) / total * currency.Count();
            weight += currency.Count();
        }

        return weight == 0 ? null : sum / weight;
    }

    /// <summary>Before anything is known: most pay within a month after the due date, few before it. Ours.</summary>
    private static decimal RuleOfThumb(int day) => day switch
    {
        < -10 => 0.002m,
        < 0 => 0.02m,
        <= 30 => 0.06m,
        _ => 0.02m,
    };

    /// <summary>Observed over expected (indirect standardisation), drawn towards one.</summary>
    private static decimal[] Weekdays(IReadOnlyList<PaymentObservation> observations, PaymentCurve entity)
    {
        var paid = new decimal[7];
        var changes = new decimal[7, PaymentCurve.Days + 1];
        foreach (var seen in observations)
        {
            var left = PaymentTally.Slot(seen.Left);
            var due = (int)seen.DueDate.DayOfWeek;
            changes[due, Math.Min(PaymentTally.Slot(seen.Entered), left)]++;
            changes[due, left + 1]--;
            if (seen.Paid && seen.Left is >= PaymentCurve.First and <= PaymentCurve.Last)
                paid[(int)seen.DueDate.AddDays(seen.Left).DayOfWeek]++;
        }

        var expected = new decimal[7];
        for (var due = 0; due < 7; due++)
        {
            var open = 0m;
            for (var slot = 0; slot < PaymentCurve.Days; slot++)
            {
                var day = slot + PaymentCurve.First;
                open += changes[due, slot];
                expected[(((due + day) % 7) + 7) % 7] += open * entity.HazardAt(day);
            }
        }

        return [.. paid.Zip(expected, (seen, said) => (seen + WeekdayStrength) / (said + WeekdayStrength))];
    }
}
