using OrderToCash.Invoicing;
using OrderToCash.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("invoicing");
builder.AddInvoicing();

var app = builder.Build();
app.UseServiceDefaults();
app.MapInvoicing();
app.Run();

/// <summary>The process; named so that tests can start it.</summary>
public partial class Program;
