using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

public sealed partial class CamtReader
{
    /// <summary>One element of charges: its records, or itself as the only one.</summary>
    private void ReadCharges(ToldCharges charges)
    {
        var own = new ChargeRecord();
        var before = (Records: charges.Records.Count, Totals: charges.Totals.Count);
        for (var element = _xml.Depth; _xml.NextChild(element);)
        {
            if (_xml.Name == "TtlChrgsAndTaxAmt")
            {
                charges.Totals.Add(_xml.Money());
            }
            else if (_xml.Name == "Rcrd")
            {
                var record = new ChargeRecord();
                for (var child = _xml.Depth; _xml.NextChild(child);)
                    ReadCharge(ref record);
                AddCharge(charges, record);
            }
            else
            {
                ReadCharge(ref own);
            }
        }

        AddCharge(charges, own);
        charges.ByElement.AddRange(charges.Totals.Count > before.Totals
            ? [charges.Totals[^1]]
            : charges.Records.Skip(before.Records).Select(record => record.Signed));
        if (charges.Totals.Count > _limits.MaxRepeats)
            throw _xml.TooMany($"{_limits.MaxRepeats} totals of charges");
    }

    private void ReadCharge(ref ChargeRecord charge)
    {
        if (_xml.Name == "Amt")
            charge.Amount = _xml.Money();
        else if (_xml.Name == "CdtDbtInd")
            charge.Movement = ReadMovement();
        else if (_xml.Name == "ChrgInclInd")
            charge.IsApart = !_xml.Indicator();
        else if (_xml.Name == "Br")
            charge.Bearer = _xml.Text();
    }

    private void AddCharge(ToldCharges charges, ChargeRecord charge)
    {
        if (charge.Amount is null)
            return;
        charges.Records.Add(charge);
        if (charges.Records.Count > _limits.MaxRepeats)
            throw _xml.TooMany($"{_limits.MaxRepeats} charges");
    }

    private struct ChargeRecord
    {
        public Money? Amount;
        public Movement? Movement;
        public string? Bearer;

        /// <summary>Not taken from the amount but debited by itself.</summary>
        public bool IsApart;

        public readonly Money Signed => Movement == Formats.Movement.Credit ? -Amount!.Value : Amount!.Value;
    }

    /// <summary>
    /// All that is told of charges of an entry or payment. Until version 3 each charge is an element of its own, and
    /// may repeat the total of all of them; later there is one element of records.
    /// </summary>
    private sealed class ToldCharges
    {
        public List<ChargeRecord> Records { get; } = [];

        public List<Money> Totals { get; } = [];

        /// <summary>Of each element its total where it is told, else its records.</summary>
        public List<Money> ByElement { get; } = [];

        /// <summary>Every charge; the total where they do not come to it, as where that is of taxes too.</summary>
        public IReadOnlyList<Money> All =>
            AddUp ? [.. Records.Select(record => record.Signed)] : [.. Totals.Distinct()];

        /// <summary>Those that were taken from the amount; none where records and totals contradict.</summary>
        public IReadOnlyList<Money> Included => this switch
        {
            { Records.Count: 0 } when Totals.Distinct().Count() == 1 => [Totals[0]],
            { AddUp: true } => [.. Records.Where(record => !record.IsApart).Select(record => record.Signed)],
            _ => [],
        };

        /// <summary>Who was to pay all of them; null where they differ or it is not told of each.</summary>
        public string? Bearer =>
            Records.Select(record => record.Bearer).Distinct().ToArray() is [var same] ? same : null;

        /// <summary>True where no total is told, each is that of all records, or each is that of its own.</summary>
        private bool AddUp
        {
            get
            {
                if (Totals.Count == 0)
                    return true;
                var currency = Totals[0].Currency;
                if (Records.Exists(record => record.Signed.Currency != currency)
                    || Totals.Exists(total => total.Currency != currency))
                {
                    return false;
                }

                var sum = Money.Sum(Records.Select(record => record.Signed), currency);
                return Totals.TrueForAll(total => total == sum) || Money.Sum(Totals, currency) == sum;
            }
        }
    }
}
