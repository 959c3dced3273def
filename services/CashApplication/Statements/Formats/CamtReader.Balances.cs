using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

public sealed partial class CamtReader
{
    private void ReadBalance(Balances balances)
    {
        var line = _xml.Line;
        string? type = null;
        Money? amount = null;
        DateOnly? date = null;
        var movement = Movement.Credit;
        for (var balance = _xml.Depth; _xml.NextChild(balance);)
        {
            switch (_xml.Name)
            {
                case "Tp": type = ReadCodeOrProprietary(); break;
                case "Amt": _xml.OnlyOnce(amount is not null); amount = _xml.Money(); break;
                case "CdtDbtInd": movement = ReadMovement(); break;
                case "Dt": date = ReadDate(); break;
            }
        }

        var absolute = amount ?? throw _xml.Missing("the balance's Amt");
        balances.Add(type, new StatementBalance(
            movement == Movement.Credit ? absolute : -absolute, date ?? throw _xml.Missing("the balance's Dt"), line));
    }

    private StatementSummary ReadSummary()
    {
        var line = _xml.Line;
        int? entries = null;
        (int? Count, decimal? Sum) credits = default, debits = default;
        for (var summary = _xml.Depth; _xml.NextChild(summary);)
        {
            switch (_xml.Name)
            {
                case "TtlNtries": entries = ReadTotal().Count; break;
                case "TtlCdtNtries": credits = ReadTotal(); break;
                case "TtlDbtNtries": debits = ReadTotal(); break;
            }
        }

        return new StatementSummary
        {
            Line = line,
            Entries = entries,
            Credits = credits.Count,
            CreditSum = credits.Sum,
            Debits = debits.Count,
            DebitSum = debits.Sum,
        };
    }

    private (int? Count, decimal? Sum) ReadTotal()
    {
        (int? Count, decimal? Sum) total = default;
        for (var element = _xml.Depth; _xml.NextChild(element);)
        {
            if (_xml.Name == "NbOfNtries")
                total.Count = _xml.Count();
            else if (_xml.Name == "Sum")
                total.Sum = Math.Abs(_xml.Decimal());
        }

        return total;
    }

    /// <summary>
    /// Which of the balances open and close the statement. A statement over several pages closes a page, and opens the
    /// next one, with an interim balance.
    /// </summary>
    private sealed class Balances
    {
        private StatementBalance? _opening;
        private StatementBalance? _previousClosing;
        private StatementBalance? _closing;
        private StatementBalance? _firstInterim;
        private StatementBalance? _lastInterim;

        public void Add(string? type, StatementBalance balance)
        {
            switch (type)
            {
                case "OPBD": _opening ??= balance; break;
                case "PRCD": _previousClosing ??= balance; break;
                case "CLBD": _closing ??= balance; break;
                case "ITBD": _firstInterim ??= balance; _lastInterim = balance; break;
            }
        }

        public (StatementBalance? Opening, StatementBalance? Closing) OpeningAndClosing()
        {
            var opening = _opening ?? _previousClosing;
            var isPage = !ReferenceEquals(_firstInterim, _lastInterim);
            return (opening ?? (isPage || _closing is not null ? _firstInterim : null),
                _closing ?? (isPage || opening is not null ? _lastInterim : null));
        }
    }
}
