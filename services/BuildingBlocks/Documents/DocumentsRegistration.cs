using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OrderToCash.Documents;

/// <summary>What a service adds that makes documents or sends them.</summary>
public static class DocumentsRegistration
{
    /// <summary>Adds <see cref="PdfPrinter"/>; section <c>Printer</c> of the configuration.</summary>
    public static WebApplicationBuilder AddPdfPrinter(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<PrinterOptions>().Bind(builder.Configuration.GetSection("Printer"))
            .Validate(printer => printer is { AtOnce: >= 1 and <= 8, MaxWaiting: >= 0, TimeLimitSeconds: >= 1 },
                "Printer: AtOnce must be 1 to 8, MaxWaiting not negative, TimeLimitSeconds at least 1.")
            .ValidateOnStart();
        builder.Services.AddSingleton<PdfPrinter>();
        return builder;
    }

    /// <summary>Adds <see cref="Mailer"/>; section <c>Smtp</c> of the configuration names the server.</summary>
    public static WebApplicationBuilder AddMailer(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<SmtpOptions>().Bind(builder.Configuration.GetSection("Smtp")).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SmtpOptions>, SmtpOptionsValidator>();
        builder.Services.AddSingleton<Mailer>();
        return builder;
    }
}
