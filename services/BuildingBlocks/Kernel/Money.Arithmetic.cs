namespace OrderToCash.Kernel;

public readonly partial record struct Money
{
    /// <summary>Sum; both of one currency.</summary>
    public static Money operator +(Money left, Money right) => Of(left.Amount + right.SameAs(left), left.Currency);

    /// <summary>Difference; both of one currency.</summary>
    public static Money operator -(Money left, Money right) => Of(left.Amount - right.SameAs(left), left.Currency);

    /// <summary>The same amount with the other sign.</summary>
    public static Money operator -(Money money) => Of(-money.Amount, money.Currency);

    /// <summary>Less in amount; both of one currency.</summary>
    public static bool operator <(Money left, Money right) => left.Amount < right.SameAs(left);

    /// <summary>More in amount; both of one currency.</summary>
    public static bool operator >(Money left, Money right) => left.Amount > right.SameAs(left);

    /// <summary>Less or equal in amount; both of one currency.</summary>
    public static bool operator <=(Money left, Money right) => left.Amount <= right.SameAs(left);

    /// <summary>More or equal in amount; both of one currency.</summary>
    public static bool operator >=(Money left, Money right) => left.Amount >= right.SameAs(left);

    /// <summary>Amount times a factor, rounded to the currency.</summary>
    public Money Times(decimal factor) => Round(Amount * factor, Currency);

    /// <summary>The smaller of two amounts of one currency.</summary>
    public static Money Min(Money left, Money right) => left <= right ? left : right;

    /// <summary>The larger of two amounts of one currency.</summary>
    public static Money Max(Money left, Money right) => left >= right ? left : right;

    /// <summary>Total of amounts of one currency; zero of <paramref name="currency"/> when there are none.</summary>
    public static Money Sum(IEnumerable<Money> amounts, Currency currency)
    {
        ArgumentNullException.ThrowIfNull(amounts);
        return amounts.Aggregate(Zero(currency), (sum, amount) => sum + amount);
    }

    /// <inheritdoc/>
    public int CompareTo(Money other) => Amount.CompareTo(other.SameAs(this));

    private decimal SameAs(Money other) =>
        Currency == other.Currency ? Amount : throw new CurrencyMismatchException(other.Currency, Currency);
}
