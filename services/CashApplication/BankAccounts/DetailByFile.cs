using System.Text.Json.Serialization;

namespace OrderToCash.CashApplication.BankAccounts;

/// <summary>
/// What is paid into an account in lumps whose payments come one by one in a file of their own. The file books them;
/// the account's statements, which show the same money as one sum, do not.
/// </summary>
/// <param name="Lockbox">Checks of a lockbox.</param>
/// <param name="Ach">Entries of the clearing house, and those that it returns.</param>
/// <param name="Notifications">Credits that statements book in batches and notifications (camt.054) tell.</param>
public sealed record DetailByFile(
    bool Lockbox = false, bool Ach = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Notifications = false)
{
    /// <summary>The statements tell everything.</summary>
    public static readonly DetailByFile None = new();

    /// <summary>True where all of the other is by file here too.</summary>
    public bool Includes(DetailByFile other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Lockbox || !other.Lockbox) && (Ach || !other.Ach) && (Notifications || !other.Notifications);
    }
}
