using System.Text.Json.Serialization;

namespace OrderToCash.Invoicing.Customers;

/// <summary>Who wants a customer's service to be suspended; it goes on once nobody is left.</summary>
/// <param name="Recommendations">Recommendations at Collections, in the order in which they were carried out; each is
/// taken back by itself.</param>
/// <param name="ByPerson">Somebody did it here: it is a person, too, who lets service go on.</param>
/// <param name="Earlier">It was suspended before this was kept, nobody knows for whom: the first recommendation to be
/// taken back that is not named here counts as the one.</param>
public sealed record Suspension(
    IReadOnlyList<Guid> Recommendations,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool ByPerson = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Earlier = false)
{
    private static readonly Suspension None = new([]);

    /// <summary>Nobody wants it any more.</summary>
    [JsonIgnore]
    public bool IsOver => Recommendations.Count == 0 && !ByPerson && !Earlier;

    /// <summary>Who wants it of a customer as it is.</summary>
    public static Suspension Of(CustomerSnapshot now)
    {
        ArgumentNullException.ThrowIfNull(now);
        return now.Status == CustomerStatus.Suspended ? now.Suspension ?? None with { Earlier = true } : None;
    }

    /// <summary>A recommendation wants it, too.</summary>
    public Suspension With(Guid recommendation) => Recommendations.Contains(recommendation)
        ? this
        : this with { Recommendations = [.. Recommendations, recommendation] };

    /// <summary>A recommendation wants it no more.</summary>
    public Suspension Without(Guid recommendation) => Recommendations.Contains(recommendation)
        ? this with { Recommendations = [.. Recommendations.Where(one => one != recommendation)] }
        : this with { Earlier = false };

    /// <inheritdoc/>
    public bool Equals(Suspension? other) => other is not null
        && (ByPerson, Earlier) == (other.ByPerson, other.Earlier)
        && Recommendations.SequenceEqual(other.Recommendations);

    /// <inheritdoc/>
    public override int GetHashCode() => (ByPerson, Earlier, Recommendations.Count).GetHashCode();
}
