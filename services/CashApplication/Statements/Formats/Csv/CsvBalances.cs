using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Csv;

/// <summary>
/// The column of balances: each row's must follow on the one before, oldest first, or lead to it, newest first. Which
/// of the two it is, the rows tell.
/// </summary>
internal sealed class CsvBalances
{
    private Money _firstBalance;
    private Money _firstAmount;
    private Money _lastBalance;
    private Money _lastAmount;
    private DateOnly _firstDay;
    private DateOnly _lastDay;
    private int _firstLine;
    private int _lastLine;
    private bool _mayAscend = true;
    private bool _mayDescend = true;
    private int _count;

    public void Add(CsvStatementReader reader, StatementEntry entry, Money balance)
    {
        var (amount, day) = (entry.SignedAmount, entry.BookingDate ?? entry.ValueDate ?? default);
        if (_count++ == 0)
        {
            (_firstBalance, _firstAmount, _firstDay, _firstLine) = (balance, amount, day, entry.Line);
        }
        else
        {
            _mayAscend &= balance.Currency == _lastBalance.Currency && balance == _lastBalance + amount;
            _mayDescend &= balance.Currency == _lastBalance.Currency && balance == _lastBalance - _lastAmount;
            if (!_mayAscend && !_mayDescend)
            {
                throw reader.Refuse(StatementRefusals.DoesNotBalance, "balance",
                    $"the balance {balance} does not follow on {_lastBalance} by {amount}, in either order.");
            }
        }

        (_lastBalance, _lastAmount, _lastDay, _lastLine) = (balance, amount, day, entry.Line);
    }

    /// <summary>Balance before the oldest and after the newest row.</summary>
    public (StatementBalance Opening, StatementBalance Closing)? Ends()
    {
        if (_count == 0)
            return null;
        return _mayAscend
            ? (new StatementBalance(_firstBalance - _firstAmount, _firstDay, _firstLine),
                new StatementBalance(_lastBalance, _lastDay, _lastLine))
            : (new StatementBalance(_lastBalance - _lastAmount, _lastDay, _lastLine),
                new StatementBalance(_firstBalance, _firstDay, _firstLine));
    }
}
