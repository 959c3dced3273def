namespace OrderToCash.Collections.Forecasts;

/// <summary>
/// How many items of average size were open at the start of each day from their due date, and how many of them were
/// paid on it. Weights differ, so the counts are those of as many equal items as would say the same (Kish's effective
/// sample size, Survey Sampling, 1965: the squared sum of the weights over the sum of their squares).
/// </summary>
internal sealed class PaymentTally
{
    /// <summary>
    /// A payment counts on its day and a little on its neighbours: a few payments say something about the days between
    /// them, too (kernel smoothing of hazards, Ramlau-Hansen, Annals of Statistics 11, 1983).
    /// </summary>
    private static readonly decimal[] Kernel = [1 / 9m, 2 / 9m, 3 / 9m, 2 / 9m, 1 / 9m];

    private readonly decimal[] _paid = new decimal[PaymentCurve.Days];
    private readonly decimal[] _changes = new decimal[PaymentCurve.Days + 1];
    private decimal _sum;
    private decimal _squares;

    public void Add(PaymentObservation seen, decimal weight)
    {
        var (entered, left) = (Slot(seen.Entered), Slot(seen.Left));
        if (entered > left)
            entered = left;
        _changes[entered] += weight;
        _changes[left + 1] -= weight;
        _sum += weight;
        _squares += weight * weight;
        if (!seen.Paid || seen.Left > PaymentCurve.Last)
            return;
        var (from, to) = (Math.Max(left - 2, entered), Math.Min(left + 2, PaymentCurve.Days - 1));
        var total = 0m;
        for (var day = from; day <= to; day++)
            total += Kernel[day - left + 2];
        for (var day = from; day <= to; day++)
            _paid[day] += weight * Kernel[day - left + 2] / total;
    }

    /// <summary>
    /// The hazards after these observations, where <paramref name="prior"/> is believed as if it had been seen on
    /// <paramref name="strength"/> items: a beta process with a constant c (Hjort, Nonparametric Bayes Estimators Based
    /// on Beta Processes in Models for Life History Data, Annals of Statistics 18, 1990): (c·h + paid) / (c + open).
    /// </summary>
    public decimal[] Hazards(Func<int, decimal> prior, decimal strength)
    {
        var scale = _squares == 0 ? 0 : _sum / _squares;
        var hazards = new decimal[PaymentCurve.Days];
        var open = 0m;
        for (var slot = 0; slot < hazards.Length; slot++)
        {
            open += _changes[slot];
            var seen = strength + (scale * open);
            hazards[slot] = Math.Clamp(
                ((strength * prior(slot + PaymentCurve.First)) + (scale * _paid[slot])) / seen, 0, 0.98m);
        }

        return hazards;
    }

    internal static int Slot(int day) => Math.Clamp(day, PaymentCurve.First, PaymentCurve.Last) - PaymentCurve.First;
}
