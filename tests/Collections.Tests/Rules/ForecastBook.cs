using OrderToCash.Collections.Forecasts;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>
/// A made-up book of 40,000 invoices of 400 customers over two years, the same every time. Customers differ: most are
/// somewhat late, some very, some pay early; nearly all pay in runs on one or two days of the week, some only at the
/// end of a month; a few invoices are paid in two parts, a few never. None of the rules it is made by is known to the
/// method.
/// </summary>
internal sealed class ForecastBook
{
    public const int Invoices = 40_000;

    private const int Customers = 400;

    public static readonly DateOnly Start = new(2024, 1, 1);

    private static readonly Currency Dollar = Currency.Of("USD");

    private readonly List<Invoice> _invoices = new(Invoices);

    public ForecastBook(int seed)
    {
        var random = new Random(seed);
        var payers = Enumerable.Range(0, Customers).Select(index => Payer.Of(index, random)).ToArray();
        var sizes = payers.Select(payer => payer.Share).ToArray();
        var total = sizes.Sum();
        for (var index = 0; index < Invoices; index++)
        {
            var payer = Pick(payers, random.NextDouble() * total);
            var issued = Start.AddDays(random.Next(730));
            _invoices.Add(Invoice.Of(payer, issued, random));
        }
    }

    /// <summary>What somebody who looks on this day knows.</summary>
    public IReadOnlyList<PaymentObservation> Seen(DateOnly asOf) =>
        [.. _invoices.Where(invoice => invoice.Issued <= asOf).SelectMany(invoice => invoice.Seen(asOf))];

    public IReadOnlyList<ExpectedItem> Open(DateOnly asOf) =>
    [
        .. from invoice in _invoices
           where invoice.Issued <= asOf
           let open = invoice.OpenOn(asOf)
           where open > 0
           select new ExpectedItem(invoice.Payer.Id, invoice.Payer.Segment, Money.Of(open, Dollar), invoice.Due),
    ];

    /// <summary>What came of what was open then, by day.</summary>
    public IReadOnlyDictionary<DateOnly, decimal> Came(DateOnly asOf) => _invoices
        .Where(invoice => invoice.Issued <= asOf)
        .SelectMany(invoice => invoice.Payments)
        .Where(payment => payment.Day > asOf)
        .GroupBy(payment => payment.Day)
        .ToDictionary(day => day.Key, day => day.Sum(payment => payment.Amount));

    private static Payer Pick(Payer[] payers, double at)
    {
        foreach (var payer in payers)
        {
            at -= payer.Share;
            if (at <= 0)
                return payer;
        }

        return payers[^1];
    }

    /// <summary>How a customer pays, for good.</summary>
    private sealed record Payer(
        Guid Id, string Segment, double Share, int Terms, double Delay, double Spread, DayOfWeek[] Runs, bool MonthEnd,
        double Never)
    {
        public static Payer Of(int index, Random random)
        {
            var kind = random.NextDouble();
            var (segment, delay, spread) = kind switch
            {
                < 0.20 => ("enterprise", -2 + (4 * random.NextDouble()), 3.0),
                < 0.65 => ("mid-market", 5 + (12 * random.NextDouble()), 8.0),
                < 0.90 => ("small", 15 + (30 * random.NextDouble()), 15.0),
                _ => ("small", 40 + (50 * random.NextDouble()), 25.0),
            };
            DayOfWeek[] runs = random.Next(3) switch
            {
                0 => [(DayOfWeek)(1 + random.Next(5))],
                1 => [DayOfWeek.Tuesday, DayOfWeek.Friday],
                _ => [.. Enumerable.Range(1, 5).Select(day => (DayOfWeek)day)],
            };
            return new Payer(
                Ids.From("payer", index.ToString("D", null)), segment, Math.Exp(1.2 * Normal(random)),
                new[] { 14, 30, 30, 45, 60 }[random.Next(5)], delay, spread, runs, random.Next(8) == 0,
                kind >= 0.9 ? 0.12 : 0.01);
        }
    }

    private sealed record Invoice(
        Payer Payer, DateOnly Issued, DateOnly Due, decimal Amount,
        IReadOnlyList<(DateOnly Day, decimal Amount)> Payments)
    {
        public static Invoice Of(Payer payer, DateOnly issued, Random random)
        {
            var amount = decimal.Round((decimal)Math.Exp(6.5 + (1.1 * Normal(random))), 2) + 1;
            var due = issued.AddDays(payer.Terms);
            if (random.NextDouble() < payer.Never)
                return new Invoice(payer, issued, due, amount, []);
            var first = PayDay(payer, issued, due, random);
            if (random.Next(20) > 0)
                return new Invoice(payer, issued, due, amount, [(first, amount)]);
            var part = decimal.Round(amount * 0.6m, 2);
            var second = PayDay(payer, first, first.AddDays(20), random);
            return new Invoice(payer, issued, due, amount, [(first, part), (second, amount - part)]);
        }

        public decimal OpenOn(DateOnly day) =>
            Amount - Payments.Where(payment => payment.Day <= day).Sum(payment => payment.Amount);

        public IEnumerable<PaymentObservation> Seen(DateOnly asOf)
        {
            foreach (var payment in Payments.Where(payment => payment.Day <= asOf))
                yield return Observed(payment.Amount, payment.Day, true);
            if (OpenOn(asOf) is > 0 and var open)
                yield return Observed(open, asOf, false);
        }

        private PaymentObservation Observed(decimal amount, DateOnly left, bool paid) => new(
            Payer.Id, Payer.Segment, "USD", amount, Due, Issued.DayNumber - Due.DayNumber,
            left.DayNumber - Due.DayNumber, paid);

        /// <summary>When the customer gets to it, and then with its next run.</summary>
        private static DateOnly PayDay(Payer payer, DateOnly notBefore, DateOnly due, Random random)
        {
            var day = due.AddDays((int)Math.Round(payer.Delay + (payer.Spread * Skewed(random))));
            if (day <= notBefore)
                day = notBefore.AddDays(1);
            if (payer.MonthEnd)
                day = new DateOnly(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month));
            while (!payer.MonthEnd && !payer.Runs.Contains(day.DayOfWeek))
                day = day.AddDays(1);
            return day;
        }

        /// <summary>Delays have a long tail.</summary>
        private static double Skewed(Random random) =>
            (0.6 * Normal(random)) + (0.8 * (-Math.Log(1 - random.NextDouble()) - 1));
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
