using Dapper;
using Npgsql;

namespace OrderToCash.Credit.Bureau;

/// <summary>By what a bureau knew the company that was asked for.</summary>
public enum BureauMatch
{
    /// <summary>Its number in the company register.</summary>
    RegistrationNumber,

    /// <summary>Its VAT or tax number.</summary>
    TaxId,

    /// <summary>Name and country alone: it may be another company that is called alike.</summary>
    Name,
}

/// <summary>A customer as a bureau is asked for it.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Name">Registered name.</param>
/// <param name="Country">ISO 3166 alpha-2; empty where it is not known.</param>
/// <param name="RegistrationNumber">Its number in the company register; null where it is not known.</param>
/// <param name="TaxId">Its VAT or tax number; null where it is not known.</param>
public sealed record Company(
    Guid CustomerId, string LegalEntity, string Name, string Country, string? RegistrationNumber = null,
    string? TaxId = null)
{
    /// <summary>
    /// Invoicing has told which numbers it has, or that it has none: until then who is found by its name may be another
    /// company than its number would find.
    /// </summary>
    public bool AreNumbersKnown { get; init; } = true;

    /// <summary>The same with the numbers that Invoicing has told of it.</summary>
    public static async Task<Company> OfAsync(
        Guid customerId, string legalEntity, string name, string country, NpgsqlDataSource database,
        CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var (registrationNumber, taxId, version) = await connection.QuerySingleOrDefaultAsync<(string?, string?, long)>(
            new CommandDefinition(
                "select registration_number, tax_id, version from company_numbers where customer_id = @customerId",
                new { customerId }, cancellationToken: cancellation));
        return new Company(customerId, legalEntity, name, country, registrationNumber, taxId)
        {
            AreNumbersKnown = version > 0,
        };
    }
}
